//! Where time has gone, by place in the tree that a plan is; [`crate::probe`] fills it.
//!
//! A [`Trace`] has a [`Spot`] for each field, struct, list and item on the way, and at each event it gives the time
//! since the event before to the spot that it went to. So all times together are the whole time, that of the clock readings
//! included: a caller that knows what one takes subtracts it, by the number of marks.

/// Something that counts up.
pub trait Clock {
    /// The count now.
    fn now(&mut self) -> u64;
}

/// What the time of a spot was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Decoding: loading and checking. Encoding: all that a value takes.
    Run,
    /// Decoding: making the value and putting it into its place.
    Make,
    /// Encoding: solving the derived numbers of a struct.
    Derive,
}

/// Time, and the number of clock readings in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Counts of the clock.
    pub ticks: u64,
    /// Clock readings.
    pub marks: u64,
}

impl Tally {
    #[inline]
    fn add(&mut self, ticks: u64) {
        self.ticks = self.ticks.wrapping_add(ticks);
        self.marks = self.marks.wrapping_add(1);
    }
}

/// The tallies of one place in the tree that a plan is; all items of a list are one place.
#[derive(Clone, Debug, Default)]
pub struct Spot {
    /// The step from the spot above it: the slot in a struct, or 0 for the items of a list.
    step: usize,
    above: Option<usize>,
    /// By step; 0, which is the root and below nothing, where there is none yet.
    below: Vec<usize>,
    run: Tally,
    make: Tally,
    derive: Tally,
}

impl Spot {
    /// What one kind of work took.
    #[must_use]
    pub fn tally(&self, work: Work) -> Tally {
        match work {
            Work::Run => self.run,
            Work::Make => self.make,
            Work::Derive => self.derive,
        }
    }
}

/// The spot of the outermost struct.
pub(crate) const ROOT: usize = 0;

/// Tallies of many records, by spot.
#[derive(Debug)]
pub struct Trace<C> {
    clock: C,
    last: Option<u64>,
    spots: Vec<Spot>,
    outside: Tally,
    release: Tally,
    /// What is being filled, and the next step in it; `None` outside the outermost struct.
    pub(crate) filled: Option<usize>,
    pub(crate) step: usize,
    /// Encoding: where the time since the last event goes.
    current: usize,
    pub(crate) solving: bool,
}

impl<C: Clock> Trace<C> {
    /// Without any time.
    pub fn new(clock: C) -> Self {
        Self {
            clock,
            last: None,
            spots: vec![Spot::default()],
            outside: Tally::default(),
            release: Tally::default(),
            filled: None,
            step: 0,
            current: ROOT,
            solving: false,
        }
    }

    /// The clock.
    pub fn clock(&mut self) -> &mut C {
        &mut self.clock
    }

    /// Forgets all times, and that there was an event before.
    pub fn reset(&mut self) {
        self.spots = vec![Spot::default()];
        self.outside = Tally::default();
        self.release = Tally::default();
        self.last = None;
    }

    /// Begins a record. The time since the one before went to the caller.
    pub fn begin(&mut self) {
        self.outside();
        self.filled = None;
        self.step = 0;
        self.current = ROOT;
        self.solving = false;
    }

    /// The time since the last event went to the caller.
    pub fn outside(&mut self) {
        let now = self.clock.now();
        if let Some(last) = self.last {
            self.outside.add(now.saturating_sub(last));
        }
        self.last = Some(now);
    }

    /// The time since the last event went to releasing what was made.
    pub fn released(&mut self) {
        let now = self.clock.now();
        if let Some(last) = self.last {
            self.release.add(now.saturating_sub(last));
        }
        self.last = Some(now);
    }

    /// The time since the last event went to making the outermost result: of encoding, the object that holds the bytes.
    pub fn wrapped(&mut self) {
        self.mark(ROOT, Work::Make);
    }

    /// The time since the last event went to the field that was written last.
    pub fn written(&mut self) {
        self.mark(self.current, Work::Run);
    }

    /// What went to callers and to release.
    #[must_use]
    pub fn around(&self) -> (Tally, Tally) {
        (self.outside, self.release)
    }

    /// All spots with their paths: slots, and 0 for the items of a list.
    pub fn spots(&self) -> impl Iterator<Item = (Vec<usize>, &Spot)> {
        self.spots.iter().map(|spot| {
            let mut path = Vec::new();
            let mut here = spot;
            while let Some(above) = here.above.and_then(|above| self.spots.get(above)) {
                path.push(here.step);
                here = above;
            }
            path.reverse();
            (path, spot)
        })
    }

    #[inline]
    pub(crate) fn mark(&mut self, spot: usize, work: Work) {
        let now = self.clock.now();
        if let (Some(last), Some(spot)) = (self.last, self.spots.get_mut(spot)) {
            let tally = match work {
                Work::Run => &mut spot.run,
                Work::Make => &mut spot.make,
                Work::Derive => &mut spot.derive,
            };
            tally.add(now.saturating_sub(last));
        }
        self.last = Some(now);
    }

    /// The spot that lies `step` below another.
    #[inline]
    pub(crate) fn below(&mut self, above: usize, step: usize) -> usize {
        match self.spots.get(above).and_then(|spot| spot.below.get(step)) {
            Some(&below) if below != ROOT => below,
            _ => self.grow(above, step),
        }
    }

    #[cold]
    fn grow(&mut self, above: usize, step: usize) -> usize {
        let new = self.spots.len();
        if let Some(spot) = self.spots.get_mut(above) {
            if spot.below.len() <= step {
                spot.below.resize(step + 1, ROOT);
            }
            if let Some(below) = spot.below.get_mut(step) {
                *below = new;
            }
        }
        self.spots.push(Spot { step, above: Some(above), ..Spot::default() });
        new
    }

    /// Decoding: the spot of the next value.
    #[inline]
    pub(crate) fn next(&mut self) -> usize {
        match self.filled {
            Some(filled) => self.below(filled, self.step),
            None => ROOT,
        }
    }

    /// Decoding: a value is about to be made.
    #[inline]
    pub(crate) fn loaded(&mut self) -> usize {
        let spot = self.next();
        self.mark(spot, Work::Run);
        spot
    }

    /// Encoding: from here on the time goes to another spot.
    #[inline]
    pub(crate) fn turn(&mut self, spot: usize) {
        if !self.solving {
            self.mark(self.current, Work::Run);
            self.current = spot;
        }
    }
}
