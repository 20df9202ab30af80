//! Instances of the user's classes: where their fields lie, how they are made, and how they end.
//!
//! What the interpreter does to make and to free an instance of a class with slots takes longer than all the rest of a
//! small decoding. So classes whose instances hold nothing but their fields and a list of weak references are *adopted*:
//! they get a deallocator of ours, which keeps the memory of some for the next instance of that size, as the interpreter
//! does for its own tuples and floats.

use std::cell::{Cell, RefCell};
use std::ptr;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::buffer::length;
use super::error::Fault;

unsafe extern "C" {
    /// Runs `tp_finalize` of an object whose count has come to 0; below 0 where it came back to life.
    fn PyObject_CallFinalizerFromDealloc(object: *mut ffi::PyObject) -> std::ffi::c_int;
}

/// The bytes of one reference.
const WORD: usize = size_of::<*mut ffi::PyObject>();

/// Instances keep their dictionary before the object (`Py_TPFLAGS_MANAGED_DICT`).
const MANAGED_DICT: std::ffi::c_ulong = 1 << 4;

/// What stands before an object: its dictionary or its weak references.
const PREHEADER: std::ffi::c_ulong = MANAGED_DICT | 1 << 3;

/// What an instance's memory may not be laid out by `tp_alloc` alone, or may not be made at all.
const SPECIAL: std::ffi::c_ulong = ffi::Py_TPFLAGS_IS_ABSTRACT | MANAGED_DICT;

/// A class and where its fields lie in an instance: proof that these offsets hold owned references (or NULL) in every
/// instance whose type is exactly this class.
pub(super) struct Shape {
    class: Py<PyType>,
    offsets: Box<[usize]>,
    /// The words of an instance, where the class is adopted.
    words: Option<usize>,
    /// Whether the collector is told of an instance only once it may be part of a cycle.
    quiet: bool,
    /// Whether what decoding puts into the fields never is.
    atomic: bool,
}

impl Shape {
    /// Reads the offsets from the member descriptors in `class.__bebytes_slots__`.
    ///
    /// # Errors
    ///
    /// `TypeError` where one of them is no slot of this class or of one of its bases.
    pub(super) fn of(class: &Bound<'_, PyType>) -> PyResult<Self> {
        let slots = class.getattr("__bebytes_slots__")?.cast_into::<PyTuple>()?;
        let offsets = slots.iter().map(|slot| offset_of_slot(class, &slot)).collect::<PyResult<Box<[_]>>>()?;
        // SAFETY: the class is alive.
        let adopted = unsafe { is_adopted(class.as_type_ptr()) || adopt(class.as_type_ptr(), &offsets) };
        // SAFETY: as above.
        let words = adopted.then(|| unsafe { words_of(class.as_type_ptr()) });
        // SAFETY: as above.
        let quiet = adopted && (unsafe { watches(class.as_type_ptr()) } || is_frozen(class)?);
        Ok(Self { class: class.clone().unbind(), offsets, words, quiet, atomic: false })
    }

    /// The same for a plan: `atomic` says that decoding puts nothing into the fields that may hold something else.
    pub(super) fn with_values(self, atomic: bool) -> Self {
        Self { atomic, ..self }
    }

    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The class.
    pub(super) fn class(&self) -> &Py<PyType> {
        &self.class
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
    pub(super) fn make<'a, 'py>(&'a self, py: Python<'py>) -> Result<Fresh<'a, 'py>, Fault> {
        // SAFETY: the class is alive. Whether it is abstract may change.
        let concrete = unsafe { (*self.type_object()).tp_flags & ffi::Py_TPFLAGS_IS_ABSTRACT == 0 };
        if let Some(words) = self.words
            && concrete
            && let Some(memory) = ROOM.take(words)
        {
            // SAFETY: memory of an adopted class of this size, with all words behind the head NULL and not tracked, is what
            // `tp_alloc` would give for this one but for the head, which is set as by `PyObject_Init`.
            unsafe {
                let class = self.type_object();
                ffi::Py_INCREF(class.cast());
                (*memory).ob_type = class;
                // The count of what is kept is 0.
                ffi::Py_INCREF(memory);
                return Ok(Fresh { object: Bound::from_owned_ptr(py, memory), shape: self });
            }
        }
        self.allocate(py)
    }

    #[inline(never)]
    fn allocate<'a, 'py>(&'a self, py: Python<'py>) -> Result<Fresh<'a, 'py>, Fault> {
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
            let object = Bound::from_owned_ptr_or_err(py, object)?;
            ffi::PyObject_GC_UnTrack(object.as_ptr().cast());
            Ok(Fresh { object, shape: self })
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
            let old = self.slot(object, index).replace(value.into_ptr());
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
        unsafe { Bound::from_borrowed_ptr_or_opt(object.py(), self.peek(object, index)) }
    }

    /// What stands in field `index`, borrowed for as long as no other code runs; NULL where nothing does.
    ///
    /// # Safety
    ///
    /// As for [`Shape::put`].
    #[inline]
    pub(super) unsafe fn peek(&self, object: &Bound<'_, PyAny>, index: usize) -> *mut ffi::PyObject {
        // SAFETY: as the caller promises, there is a slot at this offset.
        unsafe { self.slot(object, index).read() }
    }

    #[inline]
    unsafe fn slot(&self, object: &Bound<'_, PyAny>, index: usize) -> *mut *mut ffi::PyObject {
        // SAFETY: as the caller promises, the offset lies in the object.
        unsafe { object.as_ptr().byte_add(self.offsets[index]).cast() }
    }

    /// Whether the fields of `object` lie where this shape says: it is of the class, or of a subclass without fields of
    /// its own.
    #[inline]
    pub(super) fn fits(&self, object: &Bound<'_, PyAny>) -> bool {
        object.get_type_ptr() == self.type_object() || self.fits_subclass(object)
    }

    #[cold]
    #[inline(never)]
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

/// An instance that is being filled: nobody else has seen it, and the collector does not know it.
pub(super) struct Fresh<'a, 'py> {
    object: Bound<'py, PyAny>,
    shape: &'a Shape,
}

impl<'py> Fresh<'_, 'py> {
    /// Puts `value` into field `index`, which is empty.
    #[inline]
    pub(super) fn put(&mut self, index: usize, value: Bound<'py, PyAny>) {
        debug_assert!(self.is_empty(index), "what stands in the slot would be lost");
        // SAFETY: the shape made the object.
        unsafe { self.shape.slot(&self.object, index).write(value.into_ptr()) };
    }

    /// Puts `value` into field `index`, whatever stands there.
    #[inline]
    pub(super) fn replace(&mut self, index: usize, value: Bound<'py, PyAny>) {
        // SAFETY: the shape made the object.
        unsafe { self.shape.put(&self.object, index, value) };
    }

    /// Whether field `index` is empty.
    #[inline]
    pub(super) fn is_empty(&self, index: usize) -> bool {
        // SAFETY: the shape made the object.
        unsafe { self.shape.peek(&self.object, index).is_null() }
    }

    /// The instance that decoding has filled, as everybody may see it.
    #[inline]
    pub(super) fn finish(self) -> Bound<'py, PyAny> {
        if !(self.shape.atomic && self.shape.quiet) {
            self.track();
        }
        self.object
    }

    /// The instance with values of the user's, as everybody may see it.
    #[inline]
    pub(super) fn finish_given(self) -> Bound<'py, PyAny> {
        if !(self.shape.quiet && (0..self.shape.offsets.len()).all(|index| self.is_simple(index))) {
            self.track();
        }
        self.object
    }

    /// Whether field `index` has a value that holds nothing else.
    #[inline]
    fn is_simple(&self, index: usize) -> bool {
        // SAFETY: the shape made the object, and what stands in a slot is alive. An empty one is filled later by who knows
        // whom.
        unsafe {
            let value = self.shape.peek(&self.object, index);
            !value.is_null() && !is_container(value)
        }
    }

    #[inline]
    fn track(&self) {
        // SAFETY: instances are objects that the collector knows, and this one is not tracked yet.
        unsafe { ffi::PyObject_GC_Track(self.object.as_ptr().cast()) };
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
            && offset + WORD <= length((*type_object).tp_basicsize);
        if ours { Ok(offset) } else { Err(refusal()) }
    }
}

/// Whether the class has our deallocator.
///
/// # Safety
///
/// The class is alive.
#[inline]
unsafe fn is_adopted(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: as the caller promises.
    unsafe { (*class).tp_dealloc.map(|function| function as usize) == Some(deallocate as *const () as usize) }
}

/// Whether the class tells the collector of an instance that gets a value which may hold others.
///
/// # Safety
///
/// The class is alive.
unsafe fn watches(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: as the caller promises.
    unsafe { (*class).tp_setattro.map(|function| function as usize) == Some(set_attribute as *const () as usize) }
}

/// Whether instances of the class refuse assignments.
fn is_frozen(class: &Bound<'_, PyType>) -> PyResult<bool> {
    match class.getattr_opt("__bebytes_schema__")? {
        Some(schema) => schema.getattr("frozen")?.is_truthy(),
        None => Ok(false),
    }
}

/// Whether a value may hold others, as far as its type says.
///
/// # Safety
///
/// The value is alive.
#[inline]
unsafe fn is_container(value: *mut ffi::PyObject) -> bool {
    // SAFETY: as the caller promises.
    unsafe { (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0 }
}

/// `tp_setattro` of adopted classes: the collector learns of an instance with its first value that may hold others.
unsafe extern "C" fn set_attribute(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> std::ffi::c_int {
    // SAFETY: the interpreter gives what it gives to any such function, on an attached thread; instances of adopted
    // classes are objects that the collector knows, and this one is tracked only where it is not yet.
    unsafe {
        let done = ffi::PyObject_GenericSetAttr(object, name, value);
        if done == 0 && !value.is_null() && is_container(value) && ffi::PyObject_GC_IsTracked(object) == 0 {
            ffi::PyObject_GC_Track(object.cast());
        }
        done
    }
}

/// The words of an instance.
///
/// # Safety
///
/// The class is alive.
#[inline]
unsafe fn words_of(class: *mut ffi::PyTypeObject) -> usize {
    // SAFETY: as the caller promises.
    length(unsafe { (*class).tp_basicsize }) / WORD
}

/// Gives the class our deallocator, where its instances hold nothing but the fields at `offsets` and weak references.
///
/// # Safety
///
/// The class is alive, was made by a class statement, and its slots lie at `offsets`.
unsafe fn adopt(class: *mut ffi::PyTypeObject, offsets: &[usize]) -> bool {
    // SAFETY: as the caller promises; a type's fields are read, and one is written, by a thread that is attached.
    unsafe {
        let weak_references = usize::try_from((*class).tp_weaklistoffset).ok().filter(|offset| *offset > 0);
        let mut held: Vec<usize> = offsets.iter().copied().chain(weak_references).collect();
        held.sort_unstable();
        let all = (size_of::<ffi::PyObject>()..length((*class).tp_basicsize)).step_by(WORD);
        let same = |one: Option<usize>, other: usize| one == Some(other);
        // All memory that is kept is alike: the class adopted first stands for it.
        let like = if ROOM.like.get().is_null() { class } else { ROOM.like.get() };
        let plain = held.into_iter().eq(all)
            && (*class).tp_weaklistoffset != 0
            && (*class).tp_weaklistoffset == (*like).tp_weaklistoffset
            && ((*class).tp_flags ^ (*like).tp_flags) & PREHEADER == 0
            && (*class).tp_itemsize == 0
            && (*class).tp_dictoffset == 0
            && (*class).tp_flags & MANAGED_DICT == 0
            && (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && (*class).tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0
            && (*class).tp_del.is_none()
            && ends_plainly(class)
            && same((*class).tp_alloc.map(|f| f as usize), ffi::PyType_GenericAlloc as *const () as usize)
            && same((*class).tp_free.map(|f| f as usize), ffi::PyObject_GC_Del as *const () as usize);
        if plain {
            (*class).tp_dealloc = Some(deallocate);
            if same((*class).tp_setattro.map(|f| f as usize), ffi::PyObject_GenericSetAttr as *const () as usize) {
                (*class).tp_setattro = Some(set_attribute);
                ffi::PyType_Modified(class);
            }
            if ROOM.like.get().is_null() {
                ffi::Py_INCREF(class.cast());
                ROOM.like.set(class);
            }
        }
        plain
    }
}

/// Whether all bases of a class end as it does itself, as the interpreter lets classes made by a class statement end, or are
/// adopted: then there is nothing to them but slots.
///
/// # Safety
///
/// The class is alive.
unsafe fn ends_plainly(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: as the caller promises; a class keeps its bases alive.
    unsafe {
        let end = |class: *mut ffi::PyTypeObject| (*class).tp_dealloc.map(|function| function as usize);
        let mut base = (*class).tp_base;
        while !base.is_null() && base != &raw mut ffi::PyBaseObject_Type {
            if !is_adopted(base) && end(base) != end(class) {
                return false;
            }
            base = (*base).tp_base;
        }
        !base.is_null()
    }
}

/// The most memory of one size that is kept, in words: 128 KiB, some hundred to some thousand instances.
const KEPT: usize = 1 << 14;

/// The largest instances whose memory is kept, in words.
const LARGEST: usize = 64;

/// The deepest that deallocations nest in a thread; what a deeper one would release waits until those above it are done.
const DEEPEST: usize = 50;

thread_local! {
    /// How deep this thread is.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// References that it still has to release.
    static WAITING: RefCell<Vec<Reference>> = const { RefCell::new(Vec::new()) };
}

/// A reference that is owned.
struct Reference(*mut ffi::PyObject);

/// Memory of instances that have ended.
struct Room {
    /// By words: the memory last kept, where the type of the object stands for the next one; and how many.
    kept: [Cell<(*mut ffi::PyObject, usize)>; LARGEST + 1],
    /// A class whose instances are laid out like all of these, kept alive.
    like: Cell<*mut ffi::PyTypeObject>,
}

// SAFETY: it is touched only by threads attached to the interpreter, of which there is one at a time: the module says
// that it needs the lock (`gil_used`). No reference into it lives on while other code may run.
unsafe impl Sync for Room {}

static ROOM: Room =
    Room { kept: [const { Cell::new((ptr::null_mut(), 0)) }; LARGEST + 1], like: Cell::new(ptr::null_mut()) };

impl Room {
    /// Memory for an instance of so many words; those behind the head are NULL.
    #[inline]
    fn take(&self, words: usize) -> Option<*mut ffi::PyObject> {
        let place = self.kept.get(words)?;
        let (memory, count) = place.get();
        if memory.is_null() {
            return None;
        }
        // SAFETY: what is kept is ours alone, and was linked by `keep`.
        let next = unsafe { (*memory).ob_type.cast::<ffi::PyObject>() };
        place.set((next, count - 1));
        Some(memory)
    }

    /// Keeps the memory of an instance whose words behind the head are NULL; says whether there was room.
    #[inline]
    fn keep(&self, memory: *mut ffi::PyObject, words: usize) -> bool {
        let Some(place) = self.kept.get(words) else { return false };
        let (next, count) = place.get();
        if (count + 1) * words > KEPT {
            return false;
        }
        // SAFETY: the caller gives the memory away.
        unsafe { (*memory).ob_type = next.cast() };
        place.set((memory, count + 1));
        true
    }
}

/// Gives back to the interpreter what is kept of the memory of instances; says how many there were.
pub(super) fn empty_room(_: Python<'_>) -> usize {
    let mut count = 0;
    for words in 0..=LARGEST {
        while let Some(memory) = ROOM.take(words) {
            count += 1;
            // SAFETY: the memory of an object that the collector manages and does not track. It has lost its type, which
            // `PyObject_GC_Del` asks for what precedes the object; that is the same for all adopted classes.
            unsafe {
                (*memory).ob_type = ROOM.like.get();
                ffi::PyObject_GC_Del(memory.cast());
            }
        }
    }
    count
}

/// `tp_dealloc` of adopted classes; called for their subclasses too, by the deallocator of the interpreter.
unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: the interpreter calls this once, when nobody refers to the object any more, on an attached thread. What is
    // called here (finalizers, callbacks of weak references, deallocators of the fields) may run any code, so nothing is
    // kept over it but the object, which is ours.
    unsafe {
        ffi::PyObject_GC_UnTrack(object.cast());
        if (*ffi::Py_TYPE(object)).tp_finalize.is_some() {
            // As the interpreter does: a finalizer sees a tracked object, and may bring it back to life.
            ffi::PyObject_GC_Track(object.cast());
            if PyObject_CallFinalizerFromDealloc(object) < 0 {
                return;
            }
            ffi::PyObject_GC_UnTrack(object.cast());
        }
        let class = ffi::Py_TYPE(object);
        let mut own = class;
        while !own.is_null() && !is_adopted(own) {
            own = (*own).tp_base;
        }
        // A finalizer may have taken the class its bases; then nobody knows any more where the fields are.
        let mut words = 0;
        if !own.is_null() {
            let references = object.byte_offset((*own).tp_weaklistoffset).cast::<*mut ffi::PyObject>();
            if !references.read().is_null() {
                ffi::PyObject_ClearWeakRefs(object);
            }
            words = words_of(own);
        }
        // Behind the head stand fields, and the weak references, of which there are none left.
        for index in size_of::<ffi::PyObject>() / WORD..words {
            let value = object.cast::<*mut ffi::PyObject>().add(index).replace(ptr::null_mut());
            if !value.is_null() {
                release(value);
            }
        }
        // A subclass that is not adopted has more to it than this; a finalizer leaves a mark in the head.
        let keep = own == class && ffi::PyObject_GC_IsFinalized(object) == 0;
        if !(keep && ROOM.keep(object, words)) {
            ffi::PyObject_GC_Del(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

/// Gives up a reference of an instance that ends.
///
/// # Safety
///
/// The reference is owned, and the thread attached.
#[inline]
unsafe fn release(value: *mut ffi::PyObject) {
    // SAFETY: as the caller promises.
    unsafe {
        // What the collector does not know holds nothing that could end here.
        if ffi::Py_REFCNT(value) == 1 && (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0 {
            release_deep(value);
        } else {
            ffi::Py_DECREF(value);
        }
    }
}

/// Gives up a reference to something that may hold more: chains of any length end without deep recursion.
///
/// # Safety
///
/// As for [`release`].
#[inline(never)]
unsafe fn release_deep(value: *mut ffi::PyObject) {
    // Where the thread itself is at its end there is nowhere to wait.
    let depth = DEPTH.try_with(Cell::get).unwrap_or(0);
    if depth >= DEEPEST && WAITING.try_with(|waiting| waiting.borrow_mut().push(Reference(value))).is_ok() {
        return;
    }
    let _ = DEPTH.try_with(|deep| deep.set(depth + 1));
    // SAFETY: as the caller promises; a reference that waits is owned. Nothing is borrowed while it is given up.
    unsafe {
        ffi::Py_DECREF(value);
        if depth == 0 {
            while let Ok(Some(Reference(waiting))) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()) {
                ffi::Py_DECREF(waiting);
            }
        }
    }
    let _ = DEPTH.try_with(|deep| deep.set(depth));
}
