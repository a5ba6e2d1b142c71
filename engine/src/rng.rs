//! The seeded generator of every strategy: small, fast, the same on every platform.

/// A generator of the SplitMix64 family (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), finished by one 128-bit multiplication.
///
/// It works one number ahead. What follows a draw in a step waits for it, and has nothing else to wait for;
/// the multiplications for the next one are done meanwhile.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
    next: u64,
}

impl Rng {
    /// Creates a generator whose output depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        let state = mix(seed, 0x9e37_79b9_7f4a_7c15);
        Rng { state, next: output(state) }
    }

    /// Returns the next 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        std::mem::replace(&mut self.next, output(self.state))
    }

    /// Returns a number below `n`, which must not be 0.
    ///
    /// By multiplication (Lemire, 2019) without rejection: the bias is below `n / 2^32`.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        (((self.next_u64() >> 32) * u64::from(n)) >> 32) as u32
    }
}

#[inline]
fn output(state: u64) -> u64 {
    let wide = u128::from(state) * u128::from(state ^ 0xe703_7ed1_a0b4_28db);
    (wide >> 64) as u64 ^ wide as u64
}

/// Mixes two words into one, for deriving seeds.
pub fn mix(a: u64, b: u64) -> u64 {
    let wide = u128::from(a ^ 0xa076_1d64_78bd_642f) * u128::from(b ^ 0xe703_7ed1_a0b4_28db);
    (wide >> 64) as u64 ^ wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even() {
        let mut rng = Rng::new(1);
        let mut seen = [0u32; 7];
        for _ in 0..70_000 {
            seen[rng.below(7) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (9_500..10_500).contains(&n)), "{seen:?}");
    }

    #[test]
    fn neighbouring_seeds_differ() {
        let firsts: std::collections::BTreeSet<u64> = (0..1000).map(|s| Rng::new(s).next_u64()).collect();
        assert_eq!(firsts.len(), 1000);
    }
}
