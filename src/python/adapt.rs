//! What plans that are not plain ask of Python besides making and reading objects: adapters, rules, codecs, checksums,
//! variants ([`GeneralSink`], [`GeneralSource`]).

use pyo3::exceptions::{PyArithmeticError, PyException, PyLookupError, PyUnicodeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyInt, PyString};

use super::error::{Fault, kept};
use super::object::Objects;
use super::plan::wide;
use super::source::Reader;
use crate::decode::Sink;
use crate::error::{Figure, Wide};
use crate::general_ends::{GeneralSink, GeneralSource};

impl<'py> Objects<'_, 'py> {
    fn tagged(&self, tag: usize) -> &Bound<'py, PyAny> {
        self.binding.foreign[tag].bind(self.py)
    }
}

impl GeneralSink for Objects<'_, '_> {
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
        let py = self.py;
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
        let py = self.py;
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
        let py = self.py;
        let unpacked = py.import("struct")?.call_method1("unpack", ("<e", PyBytes::new(py, &bits.to_le_bytes())))?;
        Ok(unpacked.get_item(0)?)
    }

    fn decode_text(&mut self, codec: &str, bytes: &[u8]) -> Result<Option<Self::Value>, Fault> {
        let py = self.py;
        match PyBytes::new(py, bytes).call_method1(intern!(py, "decode"), (codec,)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.is_instance_of::<PyUnicodeError>(py) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn checksum(&mut self, tag: usize, bytes: &[u8], start: i128) -> Result<Figure, Fault> {
        let py = self.py;
        let find = py.import(intern!(py, "bebytes._checksums"))?.getattr(intern!(py, "find_algorithm"))?;
        let algorithm = find.call1((self.tagged(tag),))?;
        let sum = algorithm.call_method1(intern!(py, "compute"), (PyBytes::new(py, bytes), start))?;
        match sum.cast::<PyInt>() {
            Ok(number) => Ok(Figure::Integer(wide(number.as_any())?)),
            Err(_) => Ok(Figure::Bytes(sum.extract::<Vec<u8>>()?.into())),
        }
    }
}

impl GeneralSource for Reader<'_, '_> {
    fn constant(&mut self, tag: usize) -> Option<Self::Value> {
        self.binding.foreign.get(tag).map(|constant| constant.bind(self.py).clone())
    }

    fn key_of(&mut self, tag: usize, value: &Self::Value) -> Option<Option<i128>> {
        let place = (tag, value.get_type_ptr() as usize);
        let mut selectors = self.binding.selectors.try_lock().ok()?;
        if let Some((_, key)) = selectors.get(&place) {
            return Some(*key);
        }
        // By the class alone, whose own code has no say in it.
        let py = self.py;
        let key_of = py.import("bebytes._derive_general").ok()?.getattr("key_of").ok()?;
        let key = key_of.call1((self.binding.foreign.get(tag)?, value)).ok()?.extract().ok()?;
        selectors.insert(place, (value.get_type().unbind(), key));
        Some(key)
    }

    fn adapted(&mut self, tag: usize, value: &Self::Value) -> Option<Self::Value> {
        match self.binding.foreign.get(tag)?.bind(self.py).call1((value,)) {
            Ok(carried) => Some(carried),
            Err(error) => {
                // What ends the program is not put off.
                if !error.is_instance_of::<PyException>(self.py) {
                    self.give_up(error);
                }
                None
            }
        }
    }

    fn obeys(&mut self, tag: usize, value: &Self::Value, is_adapted: bool) -> Option<bool> {
        let is_known = value.is_exact_instance_of::<PyBytes>()
            || value.is_exact_instance_of::<PyString>()
            || value.is_exact_instance_of::<PyFloat>();
        if !(is_known || (is_adapted && !value.is_none())) {
            return None;
        }
        self.binding.foreign.get(tag)?.bind(self.py).call1((value,)).ok()?.is_truthy().ok()
    }

    fn encode_text(&mut self, codec: &str, value: &Self::Value) -> Option<Vec<u8>> {
        let text = value.cast_exact::<PyString>().ok()?;
        text.call_method1(intern!(self.py, "encode"), (codec,)).ok()?.extract().ok()
    }

    fn is_subclass(&mut self, value: &Self::Value) -> bool {
        !value.is_exact_instance_of::<PyInt>()
    }
}
