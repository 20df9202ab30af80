//! Records that are decoded one at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use super::buffer::OwnedInput;
use super::codec::{Codec, Worker};
use super::object::Objects;
use crate::decode::decode_at;

/// What `iter_decode` gives.
#[pyclass(frozen, module = "bebytes._core")]
pub(super) struct Decoding {
    codec: Py<Codec>,
    state: Mutex<State>,
}

enum State {
    /// The next record starts at byte `start`; the buffer is held until the last one is read.
    Ready { input: OwnedInput, start: usize, index: usize },
    /// Reading one now.
    Busy,
    /// At the end of the input, or behind an error.
    Done,
}

impl Decoding {
    /// The records in `input`, from its start on.
    pub(super) fn new(codec: &Bound<'_, Codec>, input: OwnedInput) -> Self {
        Self { codec: codec.clone().unbind(), state: Mutex::new(State::Ready { input, start: 0, index: 0 }) }
    }

    /// Nothing is done under the lock that could wait or run the user's code.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Decoding {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let before = {
            let mut state = self.state();
            let next = if matches!(*state, State::Done) { State::Done } else { State::Busy };
            std::mem::replace(&mut *state, next)
        };
        let (input, start, index) = match before {
            State::Ready { input, start, index } => (input, start, index),
            State::Busy => return Err(PyValueError::new_err("the iterator is at work already")),
            State::Done => return Ok(None),
        };
        let outcome = if start < input.bytes().len() {
            match self.codec.get().worker(py)? {
                Worker::Core(binding) => {
                    decode_at(binding.plan(), input.bytes(), start, index, &mut Objects::new(py, binding)).map(Some)
                }
                Worker::General(general) => general.decode_at(py, input.bytes(), start, index).map(Some),
            }
        } else {
            Ok(None)
        };
        match outcome {
            Ok(Some((value, start))) => {
                *self.state() = State::Ready { input, start, index: index + 1 };
                Ok(Some(value))
            }
            Ok(None) => {
                *self.state() = State::Done;
                Ok(None)
            }
            Err(fault) => {
                *self.state() = State::Done;
                Err(fault.into())
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.codec)?;
        match self.state.try_lock().as_deref() {
            Ok(State::Ready { input, .. }) => input.traverse(&visit),
            _ => Ok(()),
        }
    }

    fn __clear__(&self) {
        let before = std::mem::replace(&mut *self.state(), State::Done);
        drop(before);
    }
}
