//! The clock of [`super::probe`]: the processor's own counter where there is one, which takes a third of the time.

use crate::trace::Clock;

/// Counts up evenly; what a count is worth is found out by reading another clock beside it.
#[derive(Debug)]
pub(super) struct Ticks {
    #[cfg(not(target_arch = "x86_64"))]
    start: std::time::Instant,
}

impl Ticks {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(not(target_arch = "x86_64"))]
            start: std::time::Instant::now(),
        }
    }
}

impl Clock for Ticks {
    #[inline]
    #[cfg(target_arch = "x86_64")]
    fn now(&mut self) -> u64 {
        // SAFETY: reads a counter that each of these processors has; it touches no memory.
        unsafe { core::arch::x86_64::_rdtsc() }
    }

    #[inline]
    #[cfg(not(target_arch = "x86_64"))]
    fn now(&mut self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
