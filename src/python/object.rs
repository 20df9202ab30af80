//! Python objects as what decoding makes ([`Sink`]).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::error::Fault;
use super::instance::Fresh;
use super::int::{Ints, new_signed};
use super::plan::Binding;
use crate::decode::Sink;
use crate::plan::{Plan, Table};

/// The members of one enum or flags class, as objects.
pub(super) struct Members {
    class: Py<PyType>,
    /// The members, in the order of the table's values.
    objects: Box<[Py<PyAny>]>,
    unions: Unions,
}

/// The flags objects made so far, by value.
enum Unions {
    /// One place a value.
    Dense(Box<[OnceLock<Py<PyAny>>]>),
    Sparse(Mutex<HashMap<u128, Py<PyAny>>>),
}

/// The most flags objects that are kept for a class.
const KEPT: usize = 1024;

impl Members {
    /// The members of `class`, in the order of its table; `maximum` is the union of all flags.
    pub(super) fn new(class: Py<PyType>, members: Vec<Py<PyAny>>, maximum: Option<u128>) -> Self {
        let unions = match maximum.and_then(|maximum| usize::try_from(maximum).ok()) {
            Some(maximum) if maximum < KEPT => Unions::Dense((0..=maximum).map(|_| OnceLock::new()).collect()),
            _ => Unions::Sparse(Mutex::default()),
        };
        Self { class, objects: members.into(), unions }
    }

    #[inline]
    fn member<'py>(&self, py: Python<'py>, index: usize) -> Bound<'py, PyAny> {
        self.objects[index].bind(py).clone()
    }

    /// The flags object with this value.
    #[inline]
    fn union<'py>(&self, py: Python<'py>, bits: u128) -> PyResult<Bound<'py, PyAny>> {
        if let Unions::Dense(places) = &self.unions
            && let Some(kept) = usize::try_from(bits).ok().and_then(|bits| places.get(bits)).and_then(OnceLock::get)
        {
            return Ok(kept.bind(py).clone());
        }
        self.make_union(py, bits)
    }

    /// Calls the class, which is the user's code, and keeps what it gives; two threads may both do so, and one object is kept.
    #[cold]
    fn make_union<'py>(&self, py: Python<'py>, bits: u128) -> PyResult<Bound<'py, PyAny>> {
        if let Unions::Sparse(kept) = &self.unions
            && let Some(flags) = kept.lock().ok().and_then(|kept| kept.get(&bits).map(|flags| flags.clone_ref(py)))
        {
            return Ok(flags.into_bound(py));
        }
        let flags = self.class.bind(py).call1((bits,))?;
        match &self.unions {
            Unions::Dense(places) => {
                if let Some(place) = usize::try_from(bits).ok().and_then(|bits| places.get(bits)) {
                    // An error says that another thread was faster.
                    let _ = place.set(flags.clone().unbind());
                }
            }
            Unions::Sparse(kept) => {
                // What was there before is released behind the lock.
                let mut before = None;
                if let Ok(mut kept) = kept.lock()
                    && kept.len() < KEPT
                {
                    before = kept.insert(bits, flags.clone().unbind());
                }
                drop(before);
            }
        }
        Ok(flags)
    }

    /// Shows the collector the class and its members.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)?;
        for member in &self.objects {
            visit.call(member)?;
        }
        match &self.unions {
            Unions::Dense(places) => places.iter().filter_map(OnceLock::get).try_for_each(|flags| visit.call(flags)),
            Unions::Sparse(kept) => match kept.try_lock() {
                Ok(kept) => kept.values().try_for_each(|flags| visit.call(flags)),
                Err(_) => Ok(()),
            },
        }
    }
}

/// Makes Python objects of what is read.
pub(super) struct Objects<'a, 'py> {
    pub(super) py: Python<'py>,
    pub(super) binding: &'a Binding,
    ints: &'static Ints,
}

impl<'a, 'py> Objects<'a, 'py> {
    /// For the plans and tables of `binding`.
    #[inline]
    pub(super) fn new(py: Python<'py>, binding: &'a Binding) -> Self {
        Self { py, binding, ints: Ints::get(py) }
    }

    /// A value and the bytes it took, as a tuple.
    #[inline]
    pub(super) fn pair(&self, value: Bound<'py, PyAny>, consumed: usize) -> Result<Bound<'py, PyTuple>, Fault> {
        // SAFETY: a new tuple, whose two places are filled once each before any other code can look at it.
        unsafe {
            let consumed = self.made(self.ints.make(consumed as u64))?;
            let pair = self.made(ffi::PyTuple_New(2))?;
            ffi::PyTuple_SET_ITEM(pair.as_ptr(), 0, value.into_ptr());
            ffi::PyTuple_SET_ITEM(pair.as_ptr(), 1, consumed.into_ptr());
            Ok(pair.cast_into_unchecked())
        }
    }

    /// An object that the interpreter made, or its error.
    ///
    /// # Safety
    ///
    /// `object` is a new reference, or NULL with an exception set.
    #[inline]
    unsafe fn made(&self, object: *mut ffi::PyObject) -> Result<Bound<'py, PyAny>, Fault> {
        // SAFETY: as the caller promises.
        unsafe {
            match Bound::from_owned_ptr_or_opt(self.py, object) {
                Some(object) => Ok(object),
                None => Err(Fault::raised(self.py)),
            }
        }
    }
}

impl<'a, 'py> Sink for Objects<'a, 'py> {
    type Value = Bound<'py, PyAny>;
    type Record = Fresh<'a, 'py>;
    type List = Bound<'py, PyList>;
    type Error = Fault;

    #[inline]
    fn unsigned(&mut self, number: u64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(self.ints.make(number)) }
    }

    #[inline]
    fn signed(&mut self, number: i64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(new_signed(number)) }
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Self::Value, Fault> {
        let Ok(object) = number.into_pyobject(self.py);
        Ok(object.into_any())
    }

    fn signed_wide(&mut self, number: i128) -> Result<Self::Value, Fault> {
        let Ok(object) = number.into_pyobject(self.py);
        Ok(object.into_any())
    }

    #[inline]
    fn double(&mut self, number: f64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyFloat_FromDouble(number)) }
    }

    #[inline]
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Fault> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    #[inline]
    fn character(&mut self, value: char) -> Result<Self::Value, Fault> {
        // A scalar value is below 0x110000.
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyUnicode_FromOrdinal(u32::from(value).cast_signed())) }
    }

    #[inline]
    fn member(&mut self, table: &Table, index: usize) -> Result<Self::Value, Fault> {
        Ok(self.binding.members(table).member(self.py, index))
    }

    #[inline]
    fn flags(&mut self, table: &Table, bits: u128) -> Result<Self::Value, Fault> {
        Ok(self.binding.members(table).union(self.py, bits)?)
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Fault> {
        // SAFETY: the region is readable and no longer than an object may be; a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), bytes.len().cast_signed())) }
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<Self::Value, Fault> {
        // The interpreter checks what it copies once more: the bytes may be another process's too.
        // SAFETY: the region is readable and no longer than an object may be; a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len().cast_signed())) }
    }

    #[inline]
    fn none(&mut self) -> Result<Self::Value, Fault> {
        Ok(self.py.None().into_bound(self.py))
    }

    #[inline]
    fn derived(&mut self) -> Result<Self::Value, Fault> {
        Ok(self.binding.derived().bind(self.py).clone())
    }

    #[inline]
    fn begin(&mut self, plan: &Plan) -> Result<Self::Record, Fault> {
        self.binding.shape(plan).make(self.py)
    }

    #[inline]
    fn set(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Fault> {
        record.put(slot, value);
        Ok(())
    }

    #[inline]
    fn finish(&mut self, record: Self::Record) -> Result<Self::Value, Fault> {
        Ok(record.finish())
    }

    fn begin_list(&mut self, capacity: usize) -> Result<Self::List, Fault> {
        // SAFETY: the new list has room for `capacity` items, all NULL. It is made empty before any other code can look at
        // it; its room stays (`allocated`), so that items are then added without moving.
        unsafe {
            let list = self.made(ffi::PyList_New(capacity.cast_signed()))?;
            (*list.as_ptr().cast::<ffi::PyVarObject>()).ob_size = 0;
            Ok(list.cast_into_unchecked())
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    fn push(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Fault> {
        // SAFETY: the list is owned; where its room is not used up, the place behind its last item is ours to fill. Size and
        // room are read anew each time: the user's code may have found the list through the collector.
        unsafe {
            let inner = list.as_ptr().cast::<ffi::PyListObject>();
            let size = ffi::PyList_GET_SIZE(list.as_ptr());
            if size < (*inner).allocated {
                (*inner).ob_item.offset(size).write(value.into_ptr());
                (*inner).ob_base.ob_size = size + 1;
                return Ok(());
            }
        }
        push_slowly(list, value)
    }

    #[inline]
    fn finish_list(&mut self, list: Self::List) -> Result<Self::Value, Fault> {
        Ok(list.into_any())
    }
}

#[cold]
#[inline(never)]
fn push_slowly<'py>(list: &Bound<'py, PyList>, value: Bound<'py, PyAny>) -> Result<(), Fault> {
    Ok(list.append(value)?)
}
