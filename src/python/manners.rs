//! Manners: how structs compare, hash and print, on the slots. `_manners.py` is the reference, and does whatever is not
//! plain: fields that are unset, numbers that are derived, classes that read attributes in their own way.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};
use pyo3::{Borrowed, PyTraverseError, PyVisit, ffi};

use super::call::{_PyType_Lookup, Found};
use super::compare::{equality, hashed, ordering};
use super::instance::offset_of_slot;
use super::represent::represent;

unsafe extern "C" {
    /// The descriptor of a special method that calls `wrapped`; `base` says of which, and is kept.
    fn PyDescr_NewWrapper(
        class: *mut ffi::PyTypeObject,
        base: *mut ffi::wrapperbase,
        wrapped: *mut c_void,
    ) -> *mut ffi::PyObject;
}

/// How the instances of exactly one class are read: what their fields are called, and where they lie.
#[pyclass(frozen, module = "bebytes._core")]
pub(super) struct Manners {
    class: Py<PyType>,
    pub(super) derived: Py<PyAny>,
    pub(super) fields: Box<[Field]>,
    /// Where the fields lie in an instance: owned references, or NULL.
    pub(super) offsets: Box<[usize]>,
    /// Where those lie whose attribute computes where the slot holds `derived`.
    computed: Box<[usize]>,
    /// Where those lie that count for the hash.
    pub(super) hashed: Box<[usize]>,
    /// Where those lie that are not stored: where the slot holds `derived`, they are as if they were not there.
    unstored: Box<[usize]>,
    /// The version of the class in which it was last seen that attributes are read from the slots, or 0.
    seen: AtomicU32,
}

pub(super) struct Field {
    pub(super) name: Py<PyString>,
    /// What the class has under this name since it was made: the slot, or what computes.
    attribute: Py<PyAny>,
    /// Whether that computes where the slot holds `derived`.
    pub(super) computes: bool,
    /// Whether it, or all before it, is not stored, so that it may not be printed, or may come first.
    pub(super) loose: bool,
    /// Whether it is not stored.
    pub(super) unstored: bool,
    /// `name=`, behind a comma for all but the first one and the loose ones.
    pub(super) label: Box<str>,
}

#[pymethods]
impl Manners {
    // There is no `__clear__`: a cycle through this runs through its class too, which is cleared.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)?;
        self.fields.iter().try_for_each(|field| visit.call(&field.attribute))
    }
}

/// The attribute of a class that holds its manners.
#[inline]
fn manners_name(py: Python<'_>) -> &Py<PyString> {
    static NAME: PyOnceLock<Py<PyString>> = PyOnceLock::new();
    NAME.get_or_init(py, || PyString::intern(py, "__bebytes_manners__").unbind())
}

/// The function of `_manners.py` called `name`.
#[cold]
pub(super) fn reference<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("bebytes._manners")?.getattr(name)
}

/// The special methods behind `tp_richcompare` in the order of `Py_LT` and so on, and their functions in `_manners.py`.
pub(super) const COMPARISONS: [(&str, &str); 6] = [
    ("__lt__", "less"),
    ("__le__", "less_or_equal"),
    ("__eq__", "equal"),
    ("__ne__", "unequal"),
    ("__gt__", "greater"),
    ("__ge__", "greater_or_equal"),
];

/// Puts `__eq__` and `__repr__` on the base of all structs, and gives all manners by the name of the special method.
///
/// # Errors
///
/// What setting an attribute of the class raises.
pub(super) fn install<'py>(base: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyDict>> {
    let manners = PyDict::new(base.py());
    for (name, function) in [
        ("__eq__", equality as *mut c_void),
        ("__lt__", ordering as *mut c_void),
        ("__le__", ordering as *mut c_void),
        ("__gt__", ordering as *mut c_void),
        ("__ge__", ordering as *mut c_void),
        ("__repr__", represent as *mut c_void),
        ("__hash__", hashed as *mut c_void),
    ] {
        // SAFETY: the slots of these methods are `tp_richcompare`, `tp_repr` and `tp_hash`; the functions have their types.
        manners.set_item(name, unsafe { wrapper(base, name, function)? })?;
    }
    for name in ["__eq__", "__repr__"] {
        base.setattr(name, manners.as_any().get_item(name)?)?;
    }
    Ok(manners)
}

/// A descriptor as `object` has it for a special method, which calls `function`.
///
/// # Safety
///
/// `function` is of the type that the slot of `name` has.
unsafe fn wrapper<'py>(class: &Bound<'py, PyType>, name: &str, function: *mut c_void) -> PyResult<Bound<'py, PyAny>> {
    let model = class.py().get_type::<PyAny>().getattr(name)?;
    // SAFETY: the layout of a wrapper descriptor is read only behind the check that it is one. Its base is a row of the
    // interpreter's own table, which lives as long as the interpreter. The function fits, as the caller promises.
    unsafe {
        if model.get_type_ptr() != &raw mut ffi::PyWrapperDescr_Type {
            return Err(PyTypeError::new_err(format!("{model:?} is no slot of object")));
        }
        let row = (*model.as_ptr().cast::<ffi::PyWrapperDescrObject>()).d_base;
        Bound::from_owned_ptr_or_err(class.py(), PyDescr_NewWrapper(class.as_type_ptr(), row, function))
    }
}

/// Makes the instances of a class compare, hash and print here, as far as its special methods are the ones installed.
///
/// # Errors
///
/// `TypeError` where the names are not those of the slots of the class.
pub(super) fn set(
    class: &Bound<'_, PyType>,
    names: &Bound<'_, PyTuple>,
    derived: &Bound<'_, PyAny>,
    unstored: &[bool],
) -> PyResult<()> {
    let py = class.py();
    let slots = class.getattr("__bebytes_slots__")?.cast_into::<PyTuple>()?;
    if names.len() != slots.len() || names.len() != unstored.len() {
        return Err(PyTypeError::new_err("manners take one name a slot"));
    }
    let (mut fields, mut offsets, mut computed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hashed, mut unstored_offsets) = (Vec::new(), Vec::new());
    for ((name, slot), &unstored) in names.iter().zip(slots.iter()).zip(unstored) {
        let name = name.cast_into::<PyString>()?;
        let loose = unstored || (hashed.is_empty() && !offsets.is_empty());
        let label = format!("{}{}=", if loose || offsets.is_empty() { "" } else { ", " }, name.to_str()?).into();
        let name = PyString::intern(py, name.to_str()?);
        let attribute = find(class, &name).ok_or_else(|| PyTypeError::new_err(format!("{name} is no attribute")))?;
        let (place, in_slot) = (offset_of_slot(class, &slot)?, attribute.is(&slot));
        offsets.push(place);
        if unstored {
            unstored_offsets.push(place);
        } else {
            hashed.push(place);
            if !in_slot {
                computed.push(place);
            }
        }
        let (name, attribute) = (name.unbind(), attribute.unbind());
        fields.push(Field { name, attribute, computes: !in_slot, loose, unstored, label });
    }
    let manners = Manners {
        class: class.clone().unbind(),
        derived: derived.clone().unbind(),
        fields: fields.into(),
        offsets: offsets.into(),
        computed: computed.into(),
        hashed: hashed.into(),
        unstored: unstored_offsets.into(),
        seen: AtomicU32::new(0),
    };
    class.setattr(manners_name(py), Py::new(py, manners)?)?;
    if let Some(compare) = comparison(class) {
        // SAFETY: this is what the interpreter's own function for classes with special methods does here, by what
        // `comparison` saw; and the interpreter puts that function back whenever one of the six names is set or deleted on
        // the class or a base of it, or its bases change. A subclass starts with that function too.
        unsafe { (*class.as_type_ptr()).tp_richcompare = Some(compare) };
    }
    Ok(())
}

/// The function that does what the six special methods of a class do, if they are ours or those of `object`.
fn comparison(class: &Bound<'_, PyType>) -> Option<ffi::richcmpfunc> {
    let found = COMPARISONS.map(|(name, _)| comparing(class, name));
    // SAFETY: the type `object` is static.
    let of_object = unsafe { ffi::PyBaseObject_Type.tp_richcompare };
    let functions: [(ffi::richcmpfunc, bool); 2] = [(equality, false), (ordering, true)];
    let fitting = functions.into_iter().find(|&(compare, ordered)| {
        let is = |operator: c_int, expected: Option<ffi::richcmpfunc>| {
            let found = usize::try_from(operator).ok().and_then(|operator| found[operator]);
            found.is_some() && found == expected.map(|expected| expected as *mut c_void)
        };
        let ordered = if ordered { Some(compare) } else { of_object };
        is(ffi::Py_EQ, Some(equality))
            && is(ffi::Py_NE, of_object)
            && [ffi::Py_LT, ffi::Py_LE, ffi::Py_GT, ffi::Py_GE].into_iter().all(|operator| is(operator, ordered))
    });
    fitting.map(|(compare, _)| compare)
}

/// The function that a comparison of a class's instances calls, if it is a native one.
fn comparing(class: &Bound<'_, PyType>, name: &str) -> Option<*mut c_void> {
    let name = PyString::intern(class.py(), name);
    let found = find(class, &name)?;
    // SAFETY: the layout of a wrapper descriptor is read only behind the check that it is one. The names in the
    // interpreter's table are interned.
    unsafe {
        let descriptor = found.as_ptr().cast::<ffi::PyWrapperDescrObject>();
        (found.get_type_ptr() == &raw mut ffi::PyWrapperDescr_Type
            && (*(*descriptor).d_base).name_strobj == name.as_ptr()
            && ffi::PyType_IsSubtype(class.as_type_ptr(), (*descriptor).d_common.d_type) != 0)
            .then(|| (*descriptor).d_wrapped)
    }
}

/// What the name means in a class: found in it or its bases, and not called.
#[inline]
fn find<'py>(class: &Bound<'py, PyType>, name: &Bound<'py, PyString>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: both are alive; the reference that is found is made a strong one at once.
    unsafe { Bound::from_borrowed_ptr_or_opt(class.py(), _PyType_Lookup(class.as_type_ptr(), name.as_ptr())) }
}

/// The manners of the classes whose instances were looked at last.
static KNOWN: Found = Found::new();

/// The manners of the class of `object`, if reading its fields' attributes is reading its slots.
///
/// # Safety
///
/// `object` is alive. What is given may be used only until code runs that could change the class; till then it is right.
#[inline]
pub(super) unsafe fn plain<'a>(py: Python<'_>, object: *mut ffi::PyObject) -> Option<Borrowed<'a, '_, Manners>> {
    // SAFETY: as the caller promises.
    unsafe { plain_if_known(py, object).or_else(|| look(py, ffi::Py_TYPE(object))) }
}

/// Likewise, if that was seen before; no code runs.
///
/// # Safety
///
/// As for [`plain`].
#[inline]
pub(super) unsafe fn plain_if_known<'a>(
    py: Python<'_>,
    object: *mut ffi::PyObject,
) -> Option<Borrowed<'a, '_, Manners>> {
    // SAFETY: the type of a live object is alive; `look` notes nothing but manners.
    unsafe { KNOWN.get(py, ffi::Py_TYPE(object)) }
}

/// Finds the manners in the class.
///
/// # Safety
///
/// As for [`plain`], of whose object this is the class.
#[inline(never)]
unsafe fn look<'a>(py: Python<'_>, class: *mut ffi::PyTypeObject) -> Option<Borrowed<'a, '_, Manners>> {
    // SAFETY: as the caller promises. What is found is held until it is known to be right; where the class has the version
    // then that it had before, its dictionary was not changed, and keeps it alive.
    unsafe {
        let found = Borrowed::from_ptr_or_opt(py, _PyType_Lookup(class, manners_name(py).as_ptr()))?;
        let found = found.cast::<Manners>().ok()?.to_owned();
        let manners = found.get();
        let version = (*class).tp_version_tag;
        let right = version != 0
            && manners.class.as_ptr() == class.cast()
            && (version == manners.seen.load(Ordering::Relaxed) || manners.is_as_made(class))
            && version == (*class).tp_version_tag;
        if !right {
            return None;
        }
        manners.seen.store(version, Ordering::Relaxed);
        KNOWN.note(class, &found);
        Some(Borrowed::from_ptr(py, found.as_ptr()).cast_unchecked())
    }
}

impl Manners {
    /// Whether the class still reads the fields' attributes from the slots.
    ///
    /// # Safety
    ///
    /// `class` is the class of these manners, and alive.
    #[cold]
    unsafe fn is_as_made(&self, class: *mut ffi::PyTypeObject) -> bool {
        // SAFETY: as the caller promises; the names are strings, what is found is only compared. Slots and what computes over them go before what an instance has in a dictionary.
        unsafe {
            let generic: ffi::getattrofunc = ffi::PyObject_GenericGetAttr;
            (*class).tp_getattro.is_some_and(|get| get as usize == generic as usize)
                && (self.fields.iter())
                    .all(|field| _PyType_Lookup(class, field.name.as_ptr()) == field.attribute.as_ptr())
        }
    }

    /// Whether the fields from `first` on are set.
    ///
    /// # Safety
    ///
    /// `object` is alive and of exactly the class of these manners.
    #[inline]
    pub(super) unsafe fn is_set(&self, object: *mut ffi::PyObject, first: usize) -> bool {
        // SAFETY: as the caller promises.
        unsafe { self.offsets[first..].iter().all(|&offset| !slot(object, offset).is_null()) }
    }

    /// Whether no field is to be derived.
    ///
    /// # Safety
    ///
    /// As for [`Manners::is_set`].
    #[inline]
    pub(super) unsafe fn is_settled(&self, object: *mut ffi::PyObject) -> bool {
        // SAFETY: as the caller promises.
        unsafe { self.computed.iter().all(|&offset| slot(object, offset) != self.derived.as_ptr()) }
    }

    /// Whether a field that is not stored is pinned in one of two objects only, so that its number has to be found out.
    ///
    /// # Safety
    ///
    /// As for [`Manners::is_set`], of both.
    #[inline]
    pub(super) unsafe fn is_pinned_in_one(&self, left: *mut ffi::PyObject, right: *mut ffi::PyObject) -> bool {
        let derived = self.derived.as_ptr();
        // SAFETY: as the caller promises.
        unsafe {
            self.unstored.iter().any(|&offset| (slot(left, offset) == derived) != (slot(right, offset) == derived))
        }
    }
}

/// What stands at an offset of an object: a reference that the object owns, or NULL.
///
/// # Safety
///
/// There is a slot, as the manners of its exact class say.
#[inline]
pub(super) unsafe fn slot(object: *mut ffi::PyObject, offset: usize) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises.
    unsafe { object.byte_add(offset).cast::<*mut ffi::PyObject>().read() }
}
