//! The constructor of the user's classes: how the arguments of a call become the fields of a new instance.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::buffer::length;
use super::call::{Arguments, found_on, guarded, names};
use super::error::Fault;
use super::instance::{Fresh, Shape};

/// How the arguments of a call become the fields of a new instance.
#[pyclass(frozen, module = "bebytes._core")]
pub(super) struct Constructor {
    shape: Shape,
    parameters: Box<[Parameter]>,
    /// The fields that take arguments by position, in order.
    positional: Box<[usize]>,
    post_init: bool,
}

struct Parameter {
    name: Py<PyString>,
    filler: Filler,
    keyword_only: bool,
}

/// What an argument that was left out becomes.
enum Filler {
    Required,
    Default(Py<PyAny>),
    Factory(Py<PyAny>),
}

#[pymethods]
impl Constructor {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.shape.traverse(&visit)?;
        for parameter in &self.parameters {
            match &parameter.filler {
                Filler::Required => {}
                Filler::Default(object) | Filler::Factory(object) => visit.call(object)?,
            }
        }
        Ok(())
    }
}

/// Gives `class` a constructor that runs here in place of its `__init__`.
///
/// Says false, and changes nothing, where calling the class does not go through `type.__call__`.
///
/// # Errors
///
/// `TypeError` where the parts disagree with each other or with the slots of the class.
pub(super) fn set_constructor(
    class: &Bound<'_, PyType>,
    field_names: &Bound<'_, PyTuple>,
    defaults: &Bound<'_, PyDict>,
    factories: &Bound<'_, PyDict>,
    keyword_only: &Bound<'_, PyTuple>,
    post_init: bool,
) -> PyResult<bool> {
    let py = class.py();
    let shape = Shape::of(class)?;
    if field_names.len() != shape.len() || keyword_only.len() != shape.len() {
        return Err(PyTypeError::new_err("a constructor takes one name and one keyword-only flag a slot"));
    }
    let mut parameters = Vec::with_capacity(shape.len());
    let mut positional = Vec::new();
    for (index, (name, keyword_only)) in field_names.iter().zip(keyword_only.iter()).enumerate() {
        let name = name.cast_into::<PyString>()?;
        let filler = match (defaults.get_item(&name)?, factories.get_item(&name)?) {
            (Some(default), _) => Filler::Default(default.unbind()),
            (None, Some(factory)) => Filler::Factory(factory.unbind()),
            (None, None) => Filler::Required,
        };
        let keyword_only = keyword_only.is_truthy()?;
        if !keyword_only {
            positional.push(index);
        }
        let name = PyString::intern(py, name.to_str()?).unbind();
        parameters.push(Parameter { name, filler, keyword_only });
    }
    let constructor = Constructor { shape, parameters: parameters.into(), positional: positional.into(), post_init };
    // SAFETY: a type's type is a type, and both are alive. The flag says that `tp_vectorcall_offset` is where instances
    // of the metaclass - classes - keep a function pointer, which is what `type` says of `tp_vectorcall`; a metaclass
    // made by a class statement inherits the offset in any case, and before 3.12 not the flag. It may be set
    // only where `tp_call` is that of `type`, since the two must agree; classes without a function there (NULL) are
    // called through `tp_call` as before.
    unsafe {
        let metaclass = class.get_type().as_type_ptr();
        let base = &raw const ffi::PyType_Type;
        if (*metaclass).tp_call.map(|call| call as usize) != (*base).tp_call.map(|call| call as usize)
            || (*metaclass).tp_vectorcall_offset != (*base).tp_vectorcall_offset
            || (*base).tp_flags & ffi::Py_TPFLAGS_HAVE_VECTORCALL == 0
        {
            return Ok(false);
        }
        class.setattr(&names(py).constructor, Py::new(py, constructor)?)?;
        if (*metaclass).tp_flags & ffi::Py_TPFLAGS_HAVE_VECTORCALL == 0 {
            (*metaclass).tp_flags |= ffi::Py_TPFLAGS_HAVE_VECTORCALL;
            ffi::PyType_Modified(metaclass);
        }
        (*class.as_type_ptr()).tp_vectorcall = Some(construct);
    }
    Ok(true)
}

/// `Class(...)`.
unsafe extern "C" fn construct(
    class: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    flagged_count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the vectorcall protocol: `arguments` holds as many borrowed references as are counted here, then one for each
    // name in the tuple `keywords`, which may be NULL. The caller keeps all of them alive, and is the interpreter.
    unsafe {
        guarded(|py| {
            let constructor =
                found_on::<Constructor>(py, class.cast(), &names(py).constructor, &names(py).constructor_class)
                    .filter(|found| found.get().shape.type_object() == class.cast())
                    .ok_or_else(|| PyTypeError::new_err("the class has lost its constructor"))?;
            let count = length(ffi::PyVectorcall_NARGS(flagged_count));
            constructor.get().call(&Arguments::of(py, arguments, count, keywords))
        })
    }
}

impl Constructor {
    /// The new instance.
    fn call<'py>(&self, arguments: &Arguments<'_, 'py>) -> Result<Bound<'py, PyAny>, Fault> {
        if arguments.count() > self.positional.len() {
            return Err(self.complaint(arguments).into());
        }
        let mut instance = self.shape.make(arguments.py)?;
        for (&index, value) in self.positional.iter().zip(arguments.positional()) {
            instance.put(index, value.to_owned());
        }
        let mut likely = arguments.count();
        for (name, value) in arguments.named() {
            let Some(index) = self.find(&name, likely) else {
                return Err(self.complaint(arguments).into());
            };
            if !instance.is_empty(index) {
                return Err(self.complaint(arguments).into());
            }
            instance.put(index, value.to_owned());
            likely = index + 1;
        }
        let factories = arguments.len() < self.parameters.len() && self.fill(&mut instance, arguments)?;
        let object = instance.finish_given();
        // Only now, when the call is known to be in order, does the user's code run.
        if factories {
            self.call_factories(&object)?;
        }
        if self.post_init {
            object.call_method0(&names(arguments.py).post_init)?;
        }
        Ok(object)
    }

    /// Sets the fields that no argument was given for; says whether some are left to factories.
    fn fill<'py>(&self, instance: &mut Fresh<'_, 'py>, arguments: &Arguments<'_, 'py>) -> Result<bool, Fault> {
        let py = arguments.py;
        let mut factories = false;
        for (index, parameter) in self.parameters.iter().enumerate() {
            if instance.is_empty(index) {
                match &parameter.filler {
                    Filler::Required => return Err(self.complaint(arguments).into()),
                    Filler::Default(value) => instance.put(index, value.bind(py).clone()),
                    Filler::Factory(_) => factories = true,
                }
            }
        }
        Ok(factories)
    }

    fn call_factories(&self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        for (index, parameter) in self.parameters.iter().enumerate() {
            // SAFETY: the object was made by this shape.
            unsafe {
                if let Filler::Factory(factory) = &parameter.filler
                    && self.shape.get(object, index).is_none()
                {
                    self.shape.put(object, index, factory.bind(object.py()).call0()?);
                }
            }
        }
        Ok(())
    }

    /// The parameter called `name`, looked for at `likely` first.
    #[inline]
    fn find(&self, name: &Bound<'_, PyAny>, likely: usize) -> Option<usize> {
        let same = |parameter: &Parameter| parameter.name.as_ptr() == name.as_ptr();
        if self.parameters.get(likely).is_some_and(same) {
            return Some(likely);
        }
        self.parameters.iter().position(same).or_else(|| self.find_by_text(name))
    }

    #[cold]
    fn find_by_text(&self, name: &Bound<'_, PyAny>) -> Option<usize> {
        self.parameters.iter().position(|parameter| {
            // A subclass of str that is equal to a name stands for it, as in a call of a Python function.
            parameter.name.bind(name.py()).as_any().eq(name).unwrap_or(false)
        })
    }

    /// The `TypeError` of a call that does not fit, in the words and the order of checks of a Python function.
    #[cold]
    fn complaint(&self, arguments: &Arguments<'_, '_>) -> PyErr {
        let py = arguments.py;
        let class = self.shape.class().bind(py);
        let call = class.qualname().map_or_else(|_| "__init__()".into(), |name| format!("{name}.__init__()"));
        let mut given = vec![false; self.parameters.len()];
        for &index in self.positional.iter().take(arguments.count()) {
            given[index] = true;
        }
        for (name, _) in arguments.named() {
            let name = &*name;
            let Some(index) = self.find(name, 0) else {
                return PyTypeError::new_err(format!("{call} got an unexpected keyword argument '{name}'"));
            };
            if std::mem::replace(&mut given[index], true) {
                return PyTypeError::new_err(format!("{call} got multiple values for argument '{name}'"));
            }
        }
        if arguments.count() > self.positional.len() {
            return PyTypeError::new_err(format!("{call} {}", self.too_many(arguments.count(), &given)));
        }
        for (keyword_only, kind) in [(false, "positional"), (true, "keyword-only")] {
            let missing: Vec<String> = (self.parameters.iter().zip(&given))
                .filter(|(parameter, given)| {
                    !**given && parameter.keyword_only == keyword_only && matches!(parameter.filler, Filler::Required)
                })
                .map(|(parameter, _)| format!("'{}'", parameter.name.bind(py)))
                .collect();
            if !missing.is_empty() {
                let (count, list) = (missing.len(), listed(&missing));
                let plural = if count == 1 { "" } else { "s" };
                return PyTypeError::new_err(format!(
                    "{call} missing {count} required {kind} argument{plural}: {list}"
                ));
            }
        }
        PyTypeError::new_err(format!("{call} cannot be called like this"))
    }

    /// What a Python function says of too many arguments by position; it counts `self` among them.
    fn too_many(&self, count: usize, given: &[bool]) -> String {
        let (most, given_by_position) = (self.positional.len() + 1, count + 1);
        let least = (self.positional.iter())
            .filter(|&&index| matches!(self.parameters[index].filler, Filler::Required))
            .count()
            + 1;
        let takes = if least == most { most.to_string() } else { format!("from {least} to {most}") };
        let plural = if least == most && most == 1 { "" } else { "s" };
        let by_keyword =
            (self.parameters.iter().zip(given)).filter(|(parameter, given)| parameter.keyword_only && **given);
        let were = match by_keyword.count() {
            0 => format!("{given_by_position} were given"),
            named => format!(
                "{given_by_position} positional argument{} (and {named} keyword-only argument{}) were given",
                if given_by_position == 1 { "" } else { "s" },
                if named == 1 { "" } else { "s" },
            ),
        };
        format!("takes {takes} positional argument{plural} but {were}")
    }
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}
