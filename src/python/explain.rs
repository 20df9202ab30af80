//! What the runners do, as dictionaries; see [`crate::explain`].

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::bits::Access;
use crate::explain::{Explanation, Extent, Place, Reading, Step};

/// All steps of a struct.
pub(super) fn explanation<'py>(py: Python<'py>, of: &Explanation) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    made.set_item("registers", of.registers)?;
    let steps = PyList::empty(py);
    for step in &of.steps {
        steps.append(self::step(py, step)?)?;
    }
    made.set_item("steps", steps)?;
    Ok(made)
}

fn step<'py>(py: Python<'py>, step: &Step) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    match step {
        Step::Run { first, bytes, numbers } => {
            made.set_item("op", first)?;
            made.set_item("kind", "run")?;
            made.set_item("bytes", bytes)?;
            let numbers: Vec<_> = numbers.iter().map(|number| place(py, number)).collect::<PyResult<_>>()?;
            made.set_item("numbers", numbers)?;
        }
        Step::Single { slot, reading } => {
            made.set_item("op", slot)?;
            self::reading(py, &made, reading)?;
        }
    }
    Ok(made)
}

fn reading<'py>(py: Python<'py>, made: &Bound<'py, PyDict>, of: &Reading) -> PyResult<()> {
    let kind = match of {
        Reading::Number { bytes, place: number } => {
            made.set_item("bytes", bytes)?;
            made.set_item("number", place(py, number)?)?;
            "number"
        }
        Reading::Data { extent, text } => {
            made.set_item("extent", self::extent(*extent))?;
            if *text { "text" } else { "bytes" }
        }
        Reading::Option { bytes, inner } => {
            made.set_item("bytes", bytes)?;
            made.set_item("inner", inside(py, inner)?)?;
            "option"
        }
        Reading::Record(inner) => {
            made.set_item("plan", explanation(py, inner)?)?;
            "struct"
        }
        Reading::List { extent, minimum, item } => {
            made.set_item("extent", self::extent(*extent))?;
            made.set_item("minimum", minimum)?;
            made.set_item("item", inside(py, item)?)?;
            "list"
        }
    };
    made.set_item("kind", kind)
}

fn inside<'py>(py: Python<'py>, of: &Reading) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    reading(py, &made, of)?;
    Ok(made)
}

fn place<'py>(py: Python<'py>, of: &Place) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    made.set_item("read", access(of.read))?;
    made.set_item("write", access(of.write))?;
    made.set_item("alone", of.alone)?;
    made.set_item("register", of.register)?;
    Ok(made)
}

/// First byte, bytes, shift, and whether it goes byte by byte.
fn access(of: Access) -> (usize, usize, u32, bool) {
    (of.at, of.bytes, of.shift, of.bytewise)
}

fn extent(of: Extent) -> (&'static str, Option<u64>) {
    match of {
        Extent::Fixed(number) => ("fixed", Some(number)),
        Extent::Computed => ("computed", None),
        Extent::Rest => ("rest", None),
        Extent::Search(marker) => ("search", Some(marker.into())),
    }
}
