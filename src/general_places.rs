//! What is written at places of its own (`at`), behind everything else: positions that fields say; others are not known here.

use std::sync::Arc;

use crate::error::Stop;
use crate::formula::Operand;
use crate::general::{Origin, Placed, Struct};
use crate::general_ends::GeneralSource;
use crate::general_read::byte;
use crate::general_write::{Scope, Writer};
use crate::reader::bit_of;

/// The last byte at which something may be placed here: what is written is made up from the start of the message on.
const LAST: usize = 1 << 20;

/// A value to be placed, of a struct that is being written.
pub(crate) struct Noted<'l, V> {
    pub(crate) placed: &'l Placed,
    pub(crate) value: V,
    /// Where the cursor was.
    pub(crate) bit: u64,
}

/// The same, of a struct that is written.
pub(crate) struct Place<'l, V> {
    noted: Noted<'l, V>,
    target: usize,
    fields: Arc<Fields<'l>>,
}

/// What expressions see of a struct that is written.
struct Fields<'l> {
    shape: &'l Struct,
    start: u64,
    end: u64,
    parameters: Vec<i128>,
    operands: Vec<Operand<'static>>,
    spans: Vec<(u64, u64)>,
}

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    /// Finds out where the values noted since `first` are placed, at the end of their struct.
    pub(crate) fn place_noted(&mut self, first: usize, scope: &Scope<'l, S::Record>) -> Result<(), Stop> {
        if self.noted.len() == first {
            return Ok(());
        }
        let fields = Arc::new(Fields {
            shape: scope.shape,
            start: scope.start,
            end: scope.end,
            parameters: scope.parameters.clone(),
            operands: self.operands.get(scope.base..).unwrap_or_default().to_vec(),
            spans: self.spans.get(scope.spans..).unwrap_or_default().to_vec(),
        });
        for noted in self.noted.split_off(first) {
            let from = match noted.placed.origin {
                Origin::Message => 0,
                Origin::Struct => scope.start / 8,
                Origin::Here => noted.bit / 8,
            };
            let offset = self.whole(&noted.placed.position, scope)?;
            let target = i128::from(from).checked_add(offset).and_then(|target| usize::try_from(target).ok());
            let target = target.filter(|target| *target <= LAST).ok_or(Stop)?;
            self.places.push(Place { noted, target, fields: Arc::clone(&fields) });
        }
        Ok(())
    }

    /// Writes what is placed; what it places itself comes behind it.
    pub(crate) fn write_places(&mut self) -> Result<(), Stop> {
        let mut taken = vec![(0, self.out.len() - self.origin)];
        let mut next = 0;
        while next < self.places.len() {
            let places = self.places.split_off(next);
            next = self.places.len();
            for place in &places {
                let piece = self.piece(place)?;
                self.merge(&piece, place.target, &mut taken)?;
            }
            // Those that came up meanwhile are the next ones.
        }
        Ok(())
    }

    /// The bytes of the message up to the end of what is placed, zeros before it.
    fn piece(&mut self, place: &Place<'l, S::Value>) -> Result<Vec<u8>, Stop> {
        let main = std::mem::replace(self.out, vec![0; place.target]);
        let origin = std::mem::replace(&mut self.origin, 0);
        (self.bit, self.depth) = (bit_of(place.target), 0);
        let outcome = self.placed_node(place);
        self.origin = origin;
        let piece = std::mem::replace(self.out, main);
        outcome.map(|()| piece)
    }

    fn placed_node(&mut self, place: &Place<'l, S::Value>) -> Result<(), Stop> {
        let fields = &place.fields;
        let (base, spans, noted) = (self.operands.len(), self.spans.len(), self.noted.len());
        self.operands.extend(fields.operands.iter().cloned());
        self.spans.extend(fields.spans.iter().copied());
        let mut scope = Scope::written(fields.shape, (base, spans), (fields.start, fields.end));
        scope.parameters.clone_from(&fields.parameters);
        self.wanted = false;
        self.node(&place.noted.placed.node, &place.noted.value, &mut scope)?;
        self.operands.truncate(base);
        self.spans.truncate(spans);
        // A place right at a place, and lengths that are not known, are for others.
        if self.noted.len() == noted && scope.is_settled() { Ok(()) } else { Err(Stop) }
    }

    /// Puts what is placed into the message, whose bytes that are `taken` must be the same.
    fn merge(&mut self, piece: &[u8], target: usize, taken: &mut Vec<(usize, usize)>) -> Result<(), Stop> {
        let end = piece.len();
        let message = self.out.get(self.origin..).unwrap_or_default();
        for (start, behind) in taken.iter().copied() {
            let (low, high) = (start.max(target), behind.min(end));
            if low < high && message.get(low..high) != piece.get(low..high) {
                return Err(Stop);
            }
        }
        if self.out.len() - self.origin < end {
            self.out.resize(self.origin + end, 0);
        }
        let place = self.out.get_mut(self.origin + target..self.origin + end).ok_or(Stop)?;
        place.copy_from_slice(piece.get(target..).unwrap_or_default());
        taken.push((target, end));
        taken.sort_unstable();
        taken.dedup_by(|next, before| {
            let touches = next.0 <= before.1;
            if touches {
                before.1 = before.1.max(next.1);
            }
            touches
        });
        self.bit = bit_of(byte((self.out.len() - self.origin) as u64));
        Ok(())
    }
}
