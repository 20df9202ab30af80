//! The Python module `bebytes._core`; `python/bebytes/_core.pyi` is its typed face.

mod adapt;
mod buffer;
mod call;
mod clock;
mod codec;
mod compare;
mod construct;
mod decoding;
mod error;
mod explain;
mod formula;
mod general;
mod instance;
mod int;
mod manners;
mod methods;
mod object;
mod plan;
mod plan_general;
mod probe;
mod represent;
mod source;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// What a constructor is made of; see `set_constructor`.
type ConstructorParts<'py> = (Bound<'py, PyTuple>, Bound<'py, PyDict>, Bound<'py, PyDict>, Bound<'py, PyTuple>, bool);

/// Puts those of `to_be_bytes`, `to_le_bytes`, `encode_be_to` and `encode_le_to` on a class that are named.
#[pyfunction]
fn install(cls: &Bound<'_, PyType>, names: &Bound<'_, PyTuple>) -> PyResult<()> {
    methods::install(cls, names)
}

/// Gives a class a constructor that does what its `__init__` would do.
#[pyfunction]
fn set_constructor(cls: &Bound<'_, PyType>, spec: ConstructorParts<'_>) -> PyResult<bool> {
    let (names, defaults, factories, keyword_only, post_init) = spec;
    construct::set_constructor(cls, &names, &defaults, &factories, &keyword_only, post_init)
}

/// Puts `__eq__` and `__repr__` on the base of all structs; gives these and the other manners by name.
#[pyfunction]
fn install_manners<'py>(cls: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyDict>> {
    manners::install(cls)
}

/// Makes the instances of a class compare, hash and print natively.
#[pyfunction]
fn set_manners(
    cls: &Bound<'_, PyType>,
    names: &Bound<'_, PyTuple>,
    derived: &Bound<'_, PyAny>,
    unstored: &Bound<'_, PyTuple>,
) -> PyResult<()> {
    manners::set(cls, names, derived, &unstored.extract::<Vec<bool>>()?)
}

/// Gives back the memory that is kept for the next instances; says how many there was memory for.
#[pyfunction]
fn release_kept_memory(py: Python<'_>) -> usize {
    instance::empty_room(py)
}

/// How the extension was built: "debug", or else the profile named at build time, or "release".
const BUILD_PROFILE: &str = match option_env!("BEBYTES_BUILD_PROFILE") {
    _ if cfg!(debug_assertions) => "debug",
    Some(profile) => profile,
    None => "release",
};

#[pymodule(gil_used = true)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<codec::Codec>()?;
    methods::install_on_codec(module.py())?;
    module.add_class::<probe::Probe>()?;
    module.add_function(wrap_pyfunction!(install, module)?)?;
    module.add_function(wrap_pyfunction!(set_constructor, module)?)?;
    module.add_function(wrap_pyfunction!(install_manners, module)?)?;
    module.add_function(wrap_pyfunction!(set_manners, module)?)?;
    module.add_function(wrap_pyfunction!(release_kept_memory, module)?)?;
    module.add("build_profile", BUILD_PROFILE)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
