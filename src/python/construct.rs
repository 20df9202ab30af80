//! Making objects of the user's classes, and what is put on those classes: the constructor and the encoding methods.

use std::ffi::{CStr, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::buffer::length;
use super::codec::{Codec, Offset};

unsafe extern "C" {
    /// The method cache behind attribute look-up: borrowed, NULL without an exception where nothing is found.
    pub(super) fn _PyType_Lookup(class: *mut ffi::PyTypeObject, name: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// What an instance's memory may not be laid out by `tp_alloc` alone, or may not be made at all.
const SPECIAL: std::ffi::c_ulong = ffi::Py_TPFLAGS_IS_ABSTRACT | (1 << 4);

/// A class and where its fields lie in an instance: proof that these offsets hold owned references (or NULL) in every
/// instance whose type is exactly this class.
pub(super) struct Shape {
    class: Py<PyType>,
    offsets: Box<[usize]>,
}

impl Shape {
    /// Reads the offsets from the member descriptors in `class.__bebytes_slots__`.
    ///
    /// # Errors
    ///
    /// `TypeError` where one of them is no slot of this class or of one of its bases.
    pub(super) fn of(class: &Bound<'_, PyType>) -> PyResult<Self> {
        let slots = class.getattr("__bebytes_slots__")?.cast_into::<PyTuple>()?;
        let offsets = slots.iter().map(|slot| offset_of_slot(class, &slot)).collect::<PyResult<_>>()?;
        Ok(Self { class: class.clone().unbind(), offsets })
    }

    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The type object of the class.
    #[inline]
    pub(super) fn type_object(&self) -> *mut ffi::PyTypeObject {
        self.class.as_ptr().cast()
    }

    /// A new instance without any field set, which is legal at all times: reading an empty slot is an `AttributeError`.
    ///
    /// # Errors
    ///
    /// `MemoryError`, or what `object.__new__` raises for an abstract class.
    #[inline]
    pub(super) fn make<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let class = self.type_object();
        // SAFETY: `class` is a ready type that we hold a reference to. `tp_alloc` gives zeroed memory, so every slot is
        // NULL, and tracks it; classes with more to set up than that go through `object.__new__`.
        unsafe {
            let object = if (*class).tp_flags & SPECIAL == 0 {
                (*class).tp_alloc.map_or(ptr::null_mut(), |allocate| allocate(class, 0))
            } else {
                let nothing = PyTuple::empty(py);
                ffi::PyBaseObject_Type
                    .tp_new
                    .map_or(ptr::null_mut(), |new| new(class, nothing.as_ptr(), ptr::null_mut()))
            };
            Bound::from_owned_ptr_or_err(py, object)
        }
    }

    /// Puts `value` into field `index`; what stood there is released.
    ///
    /// # Safety
    ///
    /// The type of `object` has these slots: it was made by [`Shape::make`] or passed [`Shape::fits`].
    #[inline]
    pub(super) unsafe fn put(&self, object: &Bound<'_, PyAny>, index: usize, value: Bound<'_, PyAny>) {
        // SAFETY: as the caller promises, there is a slot at this offset. The new value stands in it before the old one
        // is released, which may run code that looks at the object.
        unsafe {
            let slot = object.as_ptr().byte_add(self.offsets[index]).cast::<*mut ffi::PyObject>();
            let old = slot.replace(value.into_ptr());
            if !old.is_null() {
                ffi::Py_DECREF(old);
            }
        }
    }

    /// What stands in field `index`, if anything.
    ///
    /// # Safety
    ///
    /// As for [`Shape::put`].
    #[inline]
    pub(super) unsafe fn get<'py>(&self, object: &Bound<'py, PyAny>, index: usize) -> Option<Bound<'py, PyAny>> {
        // SAFETY: as the caller promises, there is a slot at this offset; a strong reference is taken at once.
        unsafe {
            let slot = object.as_ptr().byte_add(self.offsets[index]).cast::<*mut ffi::PyObject>();
            Bound::from_borrowed_ptr_or_opt(object.py(), slot.read())
        }
    }

    /// Whether the fields of `object` lie where this shape says: it is of the class, or of a subclass without fields of
    /// its own.
    #[inline]
    pub(super) fn fits(&self, object: &Bound<'_, PyAny>) -> bool {
        object.get_type_ptr() == self.type_object() || self.fits_subclass(object)
    }

    #[cold]
    fn fits_subclass(&self, object: &Bound<'_, PyAny>) -> bool {
        let class = object.get_type();
        // SAFETY: both are type objects. A subclass keeps the slots of its base at their offsets.
        let below = unsafe { ffi::PyType_IsSubtype(class.as_type_ptr(), self.type_object()) != 0 };
        below
            && class
                .getattr("__bebytes_slots__")
                .and_then(|slots| slots.len())
                .is_ok_and(|fields| fields == self.offsets.len())
    }

    /// Shows the collector the class.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)
    }
}

pub(super) fn offset_of_slot(class: &Bound<'_, PyType>, slot: &Bound<'_, PyAny>) -> PyResult<usize> {
    let refusal = || PyTypeError::new_err(format!("{slot:?} is no slot of {class:?}"));
    // SAFETY: the layout of a member descriptor is read only behind the check that it is one; its definition lives as
    // long as the class that it belongs to, which is checked to be this class or a base of it.
    unsafe {
        if slot.get_type_ptr() != &raw mut ffi::PyMemberDescr_Type {
            return Err(refusal());
        }
        let descriptor = slot.as_ptr().cast::<ffi::PyMemberDescrObject>();
        let member = (*descriptor).d_member;
        let type_object = class.as_type_ptr();
        let offset = usize::try_from((*member).offset).map_err(|_| refusal())?;
        let ours = (*member).type_code == ffi::Py_T_OBJECT_EX
            && (*member).flags == 0
            && ffi::PyType_IsSubtype(type_object, (*descriptor).d_common.d_type) != 0
            && offset >= size_of::<ffi::PyObject>()
            && offset % align_of::<*mut ffi::PyObject>() == 0
            && offset + size_of::<*mut ffi::PyObject>() <= length((*type_object).tp_basicsize);
        if ours { Ok(offset) } else { Err(refusal()) }
    }
}

/// How the arguments of a call become the fields of a new instance.
#[pyclass(frozen, module = "bebytes._core")]
pub(super) struct Constructor {
    shape: Shape,
    parameters: Box<[Parameter]>,
    /// The fields that take arguments by position, in order.
    positional: Box<[usize]>,
    /// Where these lie in an instance.
    places: Box<[usize]>,
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

/// The attribute of a class that holds its constructor.
const CONSTRUCTOR: &CStr = c"__bebytes_constructor__";
const CODEC_BIG: &CStr = c"__bebytes_be__";
const CODEC_LITTLE: &CStr = c"__bebytes_le__";
const POST_INIT: &CStr = c"__post_init__";

/// The interned names that the calls below look up.
struct Names {
    constructor: Py<PyString>,
    big: Py<PyString>,
    little: Py<PyString>,
    post_init: Py<PyString>,
}

#[inline]
fn names(py: Python<'_>) -> &Names {
    static NAMES: PyOnceLock<Names> = PyOnceLock::new();
    NAMES.get_or_init(py, || {
        let intern = |name: &CStr| PyString::intern(py, &name.to_string_lossy()).unbind();
        Names {
            constructor: intern(CONSTRUCTOR),
            big: intern(CODEC_BIG),
            little: intern(CODEC_LITTLE),
            post_init: intern(POST_INIT),
        }
    })
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
    let places = positional.iter().map(|&index| shape.offsets[index]).collect();
    let constructor =
        Constructor { places, shape, parameters: parameters.into(), positional: positional.into(), post_init };
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
            let found = _PyType_Lookup(class.cast(), names(py).constructor.as_ptr());
            let constructor = Borrowed::from_ptr_or_opt(py, found)
                .and_then(|found| found.cast::<Constructor>().ok())
                .filter(|found| found.get().shape.class.as_ptr() == class)
                .ok_or_else(|| PyTypeError::new_err("the class has lost its constructor"))?
                .to_owned();
            let count = length(ffi::PyVectorcall_NARGS(flagged_count));
            let named = if keywords.is_null() { 0 } else { length(ffi::PyTuple_GET_SIZE(keywords)) };
            let arguments = if count + named == 0 { &[] } else { std::slice::from_raw_parts(arguments, count + named) };
            constructor.get().call(py, &Arguments { values: arguments, count, keywords })
        })
    }
}

/// The arguments of one call: `count` by position, then those named in `keywords`.
struct Arguments<'a> {
    values: &'a [*mut ffi::PyObject],
    count: usize,
    keywords: *mut ffi::PyObject,
}

impl Arguments<'_> {
    /// The names and values given by keyword.
    fn named<'py>(
        &self,
        py: Python<'py>,
    ) -> impl Iterator<Item = (Borrowed<'_, 'py, PyAny>, Borrowed<'_, 'py, PyAny>)> {
        self.values[self.count..].iter().enumerate().map(move |(index, value)| {
            // SAFETY: `keywords` is a tuple of as many names as there are values behind the positional ones, and the
            // caller of the vectorcall keeps both alive.
            unsafe {
                let name = ffi::PyTuple_GET_ITEM(self.keywords, index.cast_signed());
                (Borrowed::from_ptr(py, name), Borrowed::from_ptr(py, *value))
            }
        })
    }
}

impl Constructor {
    /// The new instance.
    ///
    /// # Safety
    ///
    /// The values and names in `arguments` are alive throughout the call.
    unsafe fn call<'py>(&self, py: Python<'py>, arguments: &Arguments<'_>) -> PyResult<Bound<'py, PyAny>> {
        if arguments.count > self.positional.len() {
            return Err(self.complaint(py, arguments));
        }
        let object = self.shape.make(py)?;
        for (&offset, &value) in self.places.iter().zip(&arguments.values[..arguments.count]) {
            // SAFETY: the object was just made by this shape, so this slot is empty; the arguments are alive, and the slot
            // gets a reference of its own.
            unsafe {
                ffi::Py_INCREF(value);
                object.as_ptr().byte_add(offset).cast::<*mut ffi::PyObject>().write(value);
            }
        }
        let mut likely = arguments.count;
        for (name, value) in arguments.named(py) {
            let Some(index) = self.find(&name, likely) else {
                return Err(self.complaint(py, arguments));
            };
            // SAFETY: as above.
            unsafe {
                if self.shape.get(&object, index).is_some() {
                    return Err(self.complaint(py, arguments));
                }
                self.shape.put(&object, index, value.to_owned());
            }
            likely = index + 1;
        }
        if arguments.values.len() < self.parameters.len() {
            self.fill(&object, arguments)?;
        }
        if self.post_init {
            object.call_method0(&names(py).post_init)?;
        }
        Ok(object)
    }

    /// Sets the fields that no argument was given for.
    fn fill(&self, object: &Bound<'_, PyAny>, arguments: &Arguments<'_>) -> PyResult<()> {
        let py = object.py();
        let mut factories = false;
        for (index, parameter) in self.parameters.iter().enumerate() {
            // SAFETY: the object was made by this shape.
            unsafe {
                if self.shape.get(object, index).is_none() {
                    match &parameter.filler {
                        Filler::Required => return Err(self.complaint(py, arguments)),
                        Filler::Default(value) => self.shape.put(object, index, value.bind(py).clone()),
                        Filler::Factory(_) => factories = true,
                    }
                }
            }
        }
        // Only now, when the call is known to be in order, does the user's code run.
        if factories {
            for (index, parameter) in self.parameters.iter().enumerate() {
                // SAFETY: as above.
                unsafe {
                    if let Filler::Factory(factory) = &parameter.filler
                        && self.shape.get(object, index).is_none()
                    {
                        self.shape.put(object, index, factory.bind(py).call0()?);
                    }
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
    fn complaint(&self, py: Python<'_>, arguments: &Arguments<'_>) -> PyErr {
        let class = self.shape.class.bind(py);
        let call = class.qualname().map_or_else(|_| "__init__()".into(), |name| format!("{name}.__init__()"));
        let mut given = vec![false; self.parameters.len()];
        for &index in self.positional.iter().take(arguments.count) {
            given[index] = true;
        }
        for (name, _) in arguments.named(py) {
            let name = &*name;
            let Some(index) = self.find(name, 0) else {
                return PyTypeError::new_err(format!("{call} got an unexpected keyword argument '{name}'"));
            };
            if std::mem::replace(&mut given[index], true) {
                return PyTypeError::new_err(format!("{call} got multiple values for argument '{name}'"));
            }
        }
        if arguments.count > self.positional.len() {
            return PyTypeError::new_err(format!("{call} {}", self.too_many(arguments.count, &given)));
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

/// Method definitions; the interpreter reads them for as long as it runs.
struct Definitions([ffi::PyMethodDef; 4]);

// SAFETY: constants with pointers into static memory, which nothing writes to.
unsafe impl Sync for Definitions {}

static DEFINITIONS: Definitions = Definitions([
    without_arguments(c"to_be_bytes", to_be_bytes, c"to_be_bytes($self, /)\n--\n\nThe encoding, big endian."),
    without_arguments(c"to_le_bytes", to_le_bytes, c"to_le_bytes($self, /)\n--\n\nThe encoding, little endian."),
    with_buffer(
        c"encode_be_to",
        encode_be_to,
        c"encode_be_to($self, /, buffer, offset=0)\n--\n\nWrites the encoding, big endian, into a buffer; gives the number of bytes written.",
    ),
    with_buffer(
        c"encode_le_to",
        encode_le_to,
        c"encode_le_to($self, /, buffer, offset=0)\n--\n\nWrites the encoding, little endian, into a buffer; gives the number of bytes written.",
    ),
]);

const fn without_arguments(name: &'static CStr, function: ffi::PyCFunction, doc: &'static CStr) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: ffi::METH_NOARGS,
        ml_doc: doc.as_ptr(),
    }
}

const fn with_buffer(
    name: &'static CStr,
    function: ffi::PyCFunctionFastWithKeywords,
    doc: &'static CStr,
) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: function },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }
}

/// Puts the encoding methods on `class`, whose subclasses keep a codec in `__bebytes_be__` and `__bebytes_le__`.
///
/// # Errors
///
/// What setting an attribute of the class raises.
pub(super) fn install(class: &Bound<'_, PyType>) -> PyResult<()> {
    for definition in &DEFINITIONS.0 {
        // SAFETY: the definition is static and complete; the interpreter only reads it.
        let method = unsafe {
            let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), ptr::from_ref(definition).cast_mut());
            Bound::from_owned_ptr_or_err(class.py(), method)?
        };
        let name = method.getattr("__name__")?.cast_into::<PyString>()?;
        class.setattr(name, method)?;
    }
    Ok(())
}

/// The codec that the class of `object` keeps under `name`.
///
/// # Safety
///
/// `object` is alive throughout `'a`.
#[inline]
unsafe fn codec_of<'py>(object: &Bound<'py, PyAny>, name: &Py<PyString>) -> PyResult<Bound<'py, Codec>> {
    let class = object.get_type_ptr();
    // SAFETY: the type of a live object is alive, and the reference that is found is made a strong one at once.
    unsafe {
        Borrowed::from_ptr_or_opt(object.py(), _PyType_Lookup(class, name.as_ptr()))
            .and_then(|found| found.cast::<Codec>().ok())
            .filter(|found| found.get().is_of(class))
            .map(Borrowed::to_owned)
            .ok_or_else(|| PyTypeError::new_err(format!("{} has no layout to encode by", object.get_type())))
    }
}

unsafe extern "C" fn to_be_bytes(object: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with a live object.
    unsafe {
        guarded(|py| {
            let object = Bound::from_borrowed_ptr(py, object);
            codec_of(&object, &names(py).big)?.get().encode(&object).map(Bound::into_any)
        })
    }
}

unsafe extern "C" fn to_le_bytes(object: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with a live object.
    unsafe {
        guarded(|py| {
            let object = Bound::from_borrowed_ptr(py, object);
            codec_of(&object, &names(py).little)?.get().encode(&object).map(Bound::into_any)
        })
    }
}

unsafe extern "C" fn encode_be_to(
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this by the protocol of METH_FASTCALL | METH_KEYWORDS.
    unsafe { guarded(|py| encode_to(py, object, arguments, count, keywords, "encode_be_to", &names(py).big)) }
}

unsafe extern "C" fn encode_le_to(
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this by the protocol of METH_FASTCALL | METH_KEYWORDS.
    unsafe { guarded(|py| encode_to(py, object, arguments, count, keywords, "encode_le_to", &names(py).little)) }
}

/// `encode_be_to(buffer, offset=0)` and its little sister.
///
/// # Safety
///
/// By the vectorcall protocol: `count` values by position, then one for each name in `keywords`, all of them alive.
unsafe fn encode_to<'py>(
    py: Python<'py>,
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
    method: &str,
    codec: &Py<PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    const PARAMETERS: [&str; 2] = ["buffer", "offset"];
    // SAFETY: as the caller promises.
    let (object, codec, arguments) = unsafe {
        let object = Bound::from_borrowed_ptr(py, object);
        let codec = codec_of(&object, codec)?;
        let named = if keywords.is_null() { 0 } else { length(ffi::PyTuple_GET_SIZE(keywords)) };
        let count = length(count);
        let values = if count + named == 0 { &[] } else { std::slice::from_raw_parts(arguments, count + named) };
        (object, codec, Arguments { values, count, keywords })
    };
    let mut given = [None, None];
    if arguments.count > given.len() {
        let count = arguments.count + 1;
        return Err(PyTypeError::new_err(format!(
            "{method}() takes from 2 to 3 positional arguments but {count} were given"
        )));
    }
    for (place, &value) in given.iter_mut().zip(&arguments.values[..arguments.count]) {
        // SAFETY: the arguments are alive.
        *place = Some(unsafe { Bound::from_borrowed_ptr(py, value) });
    }
    for (name, value) in arguments.named(py) {
        let text = name.str()?;
        let text = text.to_cow()?;
        let Some(index) = PARAMETERS.iter().position(|parameter| *parameter == text) else {
            return Err(PyTypeError::new_err(format!("{method}() got an unexpected keyword argument '{text}'")));
        };
        if given[index].replace(value.to_owned()).is_some() {
            return Err(PyTypeError::new_err(format!("{method}() got multiple values for argument '{text}'")));
        }
    }
    let [Some(buffer), offset] = given else {
        return Err(PyTypeError::new_err(format!("{method}() missing 1 required positional argument: 'buffer'")));
    };
    let offset = offset.map_or(Offset::Start, |offset| Offset::Given(offset.unbind()));
    let written = codec.get().encode_into(&object, &buffer, offset)?;
    Ok(written.into_pyobject(py)?.into_any())
}

/// Runs the body of a function that the interpreter calls: an error is raised, and a panic is an error too.
///
/// # Safety
///
/// The thread is attached to the interpreter, as it is in every call from there.
#[inline]
pub(super) unsafe fn guarded(
    body: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>>,
) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises. `Python::attach` would find that out anew, in more time than a small call takes.
    let py = unsafe { Python::assume_attached() };
    match catch_unwind(AssertUnwindSafe(|| body(py))) {
        Ok(Ok(object)) => object.into_ptr(),
        Ok(Err(error)) => raise(py, error),
        Err(_) => raise(py, PyRuntimeError::new_err("bug in bebytes: please report it")),
    }
}

#[cold]
fn raise(py: Python<'_>, error: PyErr) -> *mut ffi::PyObject {
    // PyO3 did not see the interpreter call us, so exceptions that gave way to others on the way here wait for a call that it
    // does see before they are released. This is one; it would wait for itself where the thread is attached to another
    // interpreter than PyO3 attaches it to.
    // SAFETY: the thread is attached.
    if unsafe { ffi::PyGILState_GetThisThreadState() == ffi::PyThreadState_Get() } {
        let _ = Python::try_attach(|_| ());
    }
    error.restore(py);
    ptr::null_mut()
}

const _: () = assert!(size_of::<c_int>() <= size_of::<usize>() && size_of::<c_char>() == 1);
