//! A set of small integers, ordered, with selection by rank: the enabled set and its relatives.
//!
//! Tasks are numbered from 0 in creation order, so iteration order is canonical: it does not depend
//! on the order in which tasks were woken. The first 64 members live in one word, which is all that
//! most tests ever use. Beyond that there is a count per group of eight words, so that selecting the
//! k-th member of a set of 10,000 reads about twenty counts and four words.

#![expect(unsafe_code, reason = "the pdep instruction, where the processor has it")]

/// Words per counted group.
const GROUP: usize = 8;

/// A set of task numbers.
#[derive(Default, Clone, Debug)]
pub struct TaskSet {
    /// Members 0..64.
    first: u64,
    /// How many members there are in all.
    len: u32,
    /// Members 64.., word `i` holding `64 * (i + 1)..`.
    rest: Vec<u64>,
    /// Members in each group of [`GROUP`] words of `rest`.
    groups: Vec<u16>,
}

impl TaskSet {
    /// Creates an empty set.
    pub const fn new() -> Self {
        TaskSet { first: 0, len: 0, rest: Vec::new(), groups: Vec::new() }
    }

    /// Returns the number of members.
    #[inline]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns true if there is no member.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes all members, keeping the memory.
    pub fn clear(&mut self) {
        self.first = 0;
        self.len = 0;
        self.rest.clear();
        self.groups.clear();
    }

    /// Returns true if `id` is a member.
    #[inline]
    pub fn contains(&self, id: u32) -> bool {
        if id < 64 {
            self.first >> id & 1 != 0
        } else {
            let word = (id as usize >> 6) - 1;
            self.rest.get(word).is_some_and(|w| w >> (id & 63) & 1 != 0)
        }
    }

    /// Adds `id`; returns false if it was there already.
    #[inline]
    pub fn insert(&mut self, id: u32) -> bool {
        if id < 64 {
            let bit = 1 << id;
            let new = self.first & bit == 0;
            self.first |= bit;
            self.len += u32::from(new);
            new
        } else {
            self.insert_far(id)
        }
    }

    fn insert_far(&mut self, id: u32) -> bool {
        let word = (id as usize >> 6) - 1;
        if word >= self.rest.len() {
            self.rest.resize(word + 1, 0);
            self.groups.resize(word / GROUP + 1, 0);
        }
        let bit = 1 << (id & 63);
        let new = self.rest[word] & bit == 0;
        self.rest[word] |= bit;
        self.groups[word / GROUP] += u16::from(new);
        self.len += u32::from(new);
        new
    }

    /// Removes `id`; returns false if it was not there.
    #[inline]
    pub fn remove(&mut self, id: u32) -> bool {
        if id < 64 {
            let bit = 1 << id;
            let old = self.first & bit != 0;
            self.first &= !bit;
            self.len -= u32::from(old);
            old
        } else {
            self.remove_far(id)
        }
    }

    fn remove_far(&mut self, id: u32) -> bool {
        let word = (id as usize >> 6) - 1;
        if word >= self.rest.len() {
            return false;
        }
        let bit = 1 << (id & 63);
        let old = self.rest[word] & bit != 0;
        self.rest[word] &= !bit;
        self.groups[word / GROUP] -= u16::from(old);
        self.len -= u32::from(old);
        old
    }

    /// Adds all members of `other`, none of which may be a member already.
    ///
    /// Linear in words, without counting bits: the counts of disjoint sets add up.
    #[inline]
    pub fn add_disjoint(&mut self, other: &TaskSet) {
        debug_assert_eq!(self.first & other.first, 0, "the sets overlap");
        self.first |= other.first;
        self.len += other.len;
        if !other.rest.is_empty() {
            self.add_disjoint_far(other);
        }
    }

    fn add_disjoint_far(&mut self, other: &TaskSet) {
        if self.rest.len() < other.rest.len() {
            self.rest.resize(other.rest.len(), 0);
            self.groups.resize(other.groups.len(), 0);
        }
        for (a, b) in self.rest.iter_mut().zip(&other.rest) {
            debug_assert_eq!(*a & b, 0, "the sets overlap");
            *a |= b;
        }
        for (a, b) in self.groups.iter_mut().zip(&other.groups) {
            *a += b;
        }
    }

    /// Removes all members of `other`, each of which must be a member.
    #[inline]
    pub fn remove_subset(&mut self, other: &TaskSet) {
        debug_assert_eq!(self.first & other.first, other.first, "not a subset");
        self.first &= !other.first;
        self.len -= other.len;
        if !other.rest.is_empty() {
            self.remove_subset_far(other);
        }
    }

    fn remove_subset_far(&mut self, other: &TaskSet) {
        for (a, b) in self.rest.iter_mut().zip(&other.rest) {
            debug_assert_eq!(*a & b, *b, "not a subset");
            *a &= !b;
        }
        for (a, b) in self.groups.iter_mut().zip(&other.groups) {
            *a -= b;
        }
    }

    /// Returns the lowest number that is a member of both sets.
    #[inline]
    pub fn first_common(&self, other: &TaskSet) -> Option<u32> {
        let common = self.first & other.first;
        if common != 0 {
            return Some(common.trailing_zeros());
        }
        if self.is_empty() || other.is_empty() {
            return None;
        }
        let groups = self.groups.iter().zip(&other.groups).enumerate();
        for (group, _) in groups.filter(|&(_, (&a, &b))| a != 0 && b != 0) {
            let from = group * GROUP;
            for (i, (a, b)) in self.rest.iter().zip(&other.rest).enumerate().skip(from).take(GROUP) {
                if a & b != 0 {
                    return Some(((i as u32 + 1) << 6) + (a & b).trailing_zeros());
                }
            }
        }
        None
    }

    /// Returns the `k`-th member in ascending order, counting from 0.
    ///
    /// # Panics
    /// Panics if there are not that many members.
    #[inline(always)]
    pub fn select(&self, k: u32) -> u32 {
        if k >= self.len {
            self.refuse(k);
        }
        if self.rest.is_empty() { select_bit(self.first, k) } else { self.select_far(k) }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, k: u32) -> ! {
        panic!("selected member {k} of a set of {}", self.len)
    }

    fn select_far(&self, mut k: u32) -> u32 {
        let here = self.first.count_ones();
        if k < here {
            return select_bit(self.first, k);
        }
        k -= here;
        let mut group = 0;
        while k >= u32::from(self.groups[group]) {
            k -= u32::from(self.groups[group]);
            group += 1;
        }
        let mut word = group * GROUP;
        loop {
            let here = self.rest[word].count_ones();
            if k < here {
                return ((word as u32 + 1) << 6) + select_bit(self.rest[word], k);
            }
            k -= here;
            word += 1;
        }
    }

    /// Returns how many members are lower than `id`.
    pub fn rank(&self, id: u32) -> u32 {
        if id < 64 {
            return (self.first & ((1 << id) - 1)).count_ones();
        }
        let word = (id as usize >> 6) - 1;
        let mut rank = self.first.count_ones();
        for w in self.rest.iter().take(word) {
            rank += w.count_ones();
        }
        rank + self.rest.get(word).map_or(0, |w| (w & ((1 << (id & 63)) - 1)).count_ones())
    }

    /// Returns the lowest member that is at least `id`.
    pub fn at_or_after(&self, id: u32) -> Option<u32> {
        if id < 64 {
            let above = self.first >> id << id;
            if above != 0 {
                return Some(above.trailing_zeros());
            }
        }
        let from = (id as usize >> 6).max(1) - 1;
        for (i, &w) in self.rest.iter().enumerate().skip(from) {
            let base = (i as u32 + 1) << 6;
            let w = if base < id { w >> (id - base) << (id - base) } else { w };
            if w != 0 {
                return Some(base + w.trailing_zeros());
            }
        }
        None
    }

    /// Iterates over the members that are not in `other`, in ascending order.
    pub fn difference<'a>(&'a self, other: &'a TaskSet) -> impl Iterator<Item = u32> + 'a {
        let word = |set: &TaskSet, at: usize| match at {
            0 => set.first,
            _ => set.rest.get(at - 1).copied().unwrap_or(0),
        };
        (0..=self.rest.len()).flat_map(move |at| {
            let mut left = word(self, at) & !word(other, at);
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some((at as u32) << 6 | bit)
            })
        })
    }

    /// Iterates over the members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let mut next = 0;
        std::iter::from_fn(move || {
            let id = self.at_or_after(next)?;
            next = id + 1;
            Some(id)
        })
    }
}

/// Returns the position of the `k`-th set bit of `word`, counting from 0. There must be that many.
#[inline]
fn select_bit(word: u64, k: u32) -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        if has_bmi2() {
            let deposited: u64;
            // SAFETY: the processor has the instruction, as just checked; it reads and writes
            // nothing but the named registers. Written as assembly because the intrinsic cannot be
            // inlined into a function that does not enable the feature.
            unsafe {
                std::arch::asm!(
                    "pdep {out}, {bit}, {word}",
                    out = lateout(reg) deposited, bit = in(reg) 1u64 << k, word = in(reg) word,
                    options(pure, nomem, nostack, preserves_flags)
                );
            }
            return deposited.trailing_zeros();
        }
    }
    select_bit_portable(word, k)
}

/// Whether `pdep` is there and fast. Detected once per process, read as one byte.
#[cfg(target_arch = "x86_64")]
#[inline]
fn has_bmi2() -> bool {
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    static BMI2: AtomicU8 = AtomicU8::new(2);
    #[cold]
    fn detect() -> bool {
        let found = std::is_x86_feature_detected!("bmi2");
        BMI2.store(u8::from(found), Relaxed);
        found
    }
    match BMI2.load(Relaxed) {
        1 => true,
        0 => false,
        _ => detect(),
    }
}

/// Select by byte counts computed in parallel, then by bit within the byte.
#[inline(never)]
fn select_bit_portable(word: u64, k: u32) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut counts = word - (word >> 1 & 0x5555_5555_5555_5555);
    counts = (counts & 0x3333_3333_3333_3333) + (counts >> 2 & 0x3333_3333_3333_3333);
    counts = (counts + (counts >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    // Byte i of `sums` counts the bits of bytes 0..=i.
    let sums = counts.wrapping_mul(ONES);
    // The high bit of byte i is set where sums[i] <= k; k < 64, so no borrow crosses bytes.
    let below = ((u64::from(k) * ONES) | (0x80 * ONES)) - sums;
    let byte = ((below & (0x80 * ONES)) >> 7).wrapping_mul(ONES) >> 56;
    let shift = byte as u32 * 8;
    let before = if shift == 0 { 0 } else { (sums >> (shift - 8)) as u32 & 0xff };
    let mut bits = word >> shift & 0xff;
    for _ in before..k {
        bits &= bits - 1;
    }
    shift + bits.trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn select_and_rank_are_inverse() {
        let mut set = TaskSet::new();
        let members: Vec<u32> = (0..3000).filter(|i| i * i % 7 == 2 || i % 64 == 63).collect();
        for &m in &members {
            assert!(set.insert(m));
            assert!(!set.insert(m));
        }
        assert_eq!(set.len(), members.len());
        for (k, &m) in members.iter().enumerate() {
            assert_eq!(set.select(k as u32), m);
            assert_eq!(set.rank(m), k as u32);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), members);
        for &m in members.iter().step_by(2) {
            assert!(set.remove(m));
            assert!(!set.remove(m));
        }
        let odd: Vec<u32> = members.iter().copied().skip(1).step_by(2).collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), odd);
    }

    #[test]
    fn disjoint_sets_add_and_come_off_again() {
        let (mut a, mut b) = (TaskSet::new(), TaskSet::new());
        (0..1000).step_by(3).for_each(|i| assert!(a.insert(i)));
        (1..2000).step_by(3).for_each(|i| assert!(b.insert(i)));
        let before: Vec<u32> = a.iter().collect();
        a.add_disjoint(&b);
        assert_eq!(a.len(), before.len() + b.len());
        assert_eq!(a.select(1), 1);
        assert_eq!(a.first_common(&b), Some(1));
        a.remove_subset(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), before);
        assert_eq!(a.first_common(&b), None);
        for common in [70, 631, 1999] {
            let (mut a, mut b) = (a.clone(), b.clone());
            assert!(a.insert(common) | b.insert(common), "it was in both already");
            assert_eq!(a.first_common(&b), Some(common));
        }
    }

    #[test]
    fn portable_select_agrees() {
        let mut word = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..1000 {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            for k in 0..word.count_ones() {
                assert_eq!(select_bit_portable(word, k), select_bit(word, k));
            }
        }
        assert_eq!(select_bit_portable(1 << 63, 0), 63);
        assert_eq!(select_bit_portable(u64::MAX, 63), 63);
    }
}
