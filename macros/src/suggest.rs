//! "Did you mean …?"

/// The closest of the known words, if the unknown one looks like a slip of the keyboard.
pub(crate) fn closest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = if unknown.chars().count() < 5 { 1 } else { 2 };
    let distances = known.iter().map(|word| (distance(unknown, word), *word));
    distances
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= allowed)
        .map(|(_, word)| word)
}

/// The words as a list in prose: `a`, `b` and `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, list};

    #[test]
    fn slips_are_recognised() {
        let known = ["iterations", "seed", "time", "timeout"];
        assert_eq!(closest("iteration", &known), Some("iterations"));
        assert_eq!(closest("itreations", &known), Some("iterations"));
        assert_eq!(closest("sede", &known), Some("seed"));
        assert_eq!(closest("timeot", &known), Some("timeout"));
        assert_eq!(closest("flavor", &known), None);
        assert_eq!(closest("s", &known), None);
        assert_eq!(closest("x", &[]), None);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&[]), "");
    }
}
