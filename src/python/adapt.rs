//! What decoding asks of Python besides making objects: adapters, rules, codecs, checksums ([`GeneralSink`]).

use pyo3::exceptions::{PyArithmeticError, PyLookupError, PyUnicodeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt};

use super::error::{Fault, kept};
use super::instance::Fresh;
use super::object::Objects;
use super::plan::wide;
use crate::decode::Sink;
use crate::error::{Figure, Wide};
use crate::general::GeneralSink;
use crate::plan::{Plan, Table};

/// Makes Python objects of what is read, and knows the objects of a layout by their tags.
pub(super) struct General<'a, 'py> {
    pub(super) objects: Objects<'a, 'py>,
    pub(super) foreign: &'a [Py<PyAny>],
}

impl<'py> General<'_, 'py> {
    fn tagged(&self, tag: usize) -> &Bound<'py, PyAny> {
        self.foreign[tag].bind(self.objects.py)
    }
}

impl<'a, 'py> Sink for General<'a, 'py> {
    type Value = Bound<'py, PyAny>;
    type Record = Fresh<'a, 'py>;
    type List = Bound<'py, pyo3::types::PyList>;
    type Error = Fault;

    #[inline]
    fn unsigned(&mut self, number: u64) -> Result<Self::Value, Fault> {
        self.objects.unsigned(number)
    }

    #[inline]
    fn signed(&mut self, number: i64) -> Result<Self::Value, Fault> {
        self.objects.signed(number)
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Self::Value, Fault> {
        self.objects.unsigned_wide(number)
    }

    fn signed_wide(&mut self, number: i128) -> Result<Self::Value, Fault> {
        self.objects.signed_wide(number)
    }

    #[inline]
    fn double(&mut self, number: f64) -> Result<Self::Value, Fault> {
        self.objects.double(number)
    }

    #[inline]
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Fault> {
        self.objects.boolean(value)
    }

    #[inline]
    fn character(&mut self, value: char) -> Result<Self::Value, Fault> {
        self.objects.character(value)
    }

    #[inline]
    fn member(&mut self, table: &Table, index: usize) -> Result<Self::Value, Fault> {
        self.objects.member(table, index)
    }

    #[inline]
    fn flags(&mut self, table: &Table, bits: u128) -> Result<Self::Value, Fault> {
        self.objects.flags(table, bits)
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Fault> {
        self.objects.bytes(bytes)
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<Self::Value, Fault> {
        self.objects.text(text)
    }

    #[inline]
    fn none(&mut self) -> Result<Self::Value, Fault> {
        self.objects.none()
    }

    #[inline]
    fn derived(&mut self) -> Result<Self::Value, Fault> {
        self.objects.derived()
    }

    #[inline]
    fn begin(&mut self, plan: &Plan) -> Result<Self::Record, Fault> {
        self.objects.begin(plan)
    }

    #[inline]
    fn set(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Fault> {
        self.objects.set(record, slot, value)
    }

    #[inline]
    fn finish(&mut self, record: Self::Record) -> Result<Self::Value, Fault> {
        self.objects.finish(record)
    }

    fn begin_list(&mut self, capacity: usize) -> Result<Self::List, Fault> {
        self.objects.begin_list(capacity)
    }

    #[inline]
    fn push(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Fault> {
        self.objects.push(list, value)
    }

    #[inline]
    fn finish_list(&mut self, list: Self::List) -> Result<Self::Value, Fault> {
        self.objects.finish_list(list)
    }
}

impl GeneralSink for General<'_, '_> {
    fn replace(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Fault> {
        record.replace(slot, value);
        Ok(())
    }

    #[cold]
    fn figure(&mut self, value: &Self::Value) -> Figure {
        kept(value, None)
    }

    #[cold]
    fn constant(&mut self, tag: usize) -> Figure {
        kept(self.tagged(tag), None)
    }

    fn is_constant(&mut self, tag: usize, value: &Self::Value) -> Result<bool, Fault> {
        Ok(!value.ne(self.tagged(tag))?)
    }

    fn obeys(&mut self, tag: usize, value: &Self::Value) -> Result<bool, Fault> {
        Ok(self.tagged(tag).call1((value,))?.is_truthy()?)
    }

    fn adapt(&mut self, tag: usize, value: Self::Value) -> Result<Result<Self::Value, Figure>, Fault> {
        let py = self.objects.py;
        match self.tagged(tag).call1((&value,)) {
            Ok(adapted) => Ok(Ok(adapted)),
            Err(error)
                if error.is_instance_of::<PyValueError>(py)
                    || error.is_instance_of::<PyArithmeticError>(py)
                    || error.is_instance_of::<PyLookupError>(py) =>
            {
                Ok(Err(kept(&value, Some(error))))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn overlong(&mut self, number: Wide, size: usize) -> Result<Self::Value, Fault> {
        let py = self.objects.py;
        let class = py.import(intern!(py, "bebytes.types"))?.getattr(intern!(py, "Overlong"))?;
        Ok(match number {
            Wide::Natural(number) => class.call1((number, size)),
            Wide::Negative(number) => class.call1((number, size)),
        }?)
    }

    fn half(&mut self, bits: u16) -> Result<Self::Value, Fault> {
        let number = crate::bits::half(bits);
        if !number.is_nan() {
            return self.double(number);
        }
        // What is left of the bits of one that is no number is the interpreter's matter.
        let py = self.objects.py;
        let unpacked = py.import("struct")?.call_method1("unpack", ("<e", PyBytes::new(py, &bits.to_le_bytes())))?;
        Ok(unpacked.get_item(0)?)
    }

    fn decode_text(&mut self, codec: &str, bytes: &[u8]) -> Result<Option<Self::Value>, Fault> {
        let py = self.objects.py;
        match PyBytes::new(py, bytes).call_method1(intern!(py, "decode"), (codec,)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.is_instance_of::<PyUnicodeError>(py) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn checksum(&mut self, tag: usize, bytes: &[u8], start: i128) -> Result<Figure, Fault> {
        let py = self.objects.py;
        let find = py.import(intern!(py, "bebytes._checksums"))?.getattr(intern!(py, "find_algorithm"))?;
        let algorithm = find.call1((self.tagged(tag),))?;
        let sum = algorithm.call_method1(intern!(py, "compute"), (PyBytes::new(py, bytes), start))?;
        match sum.cast::<PyInt>() {
            Ok(number) => Ok(Figure::Integer(wide(number.as_any())?)),
            Err(_) => Ok(Figure::Bytes(sum.extract::<Vec<u8>>()?.into())),
        }
    }
}
