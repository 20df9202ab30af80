//! Python's integers, read and made without a call where they are small.

use std::ffi::{c_int, c_long};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The integers that the interpreter keeps ready: 0 to 256.
const READY: usize = 257;

/// What is known of the interpreter's integers.
pub(super) struct Ints {
    ready: [*mut ffi::PyObject; READY],
    layout: Layout,
}

// SAFETY: the integers live as long as the interpreter, and nothing here changes.
unsafe impl Send for Ints {}
// SAFETY: as above.
unsafe impl Sync for Ints {}

/// How the number stands in an `int`, behind the object's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// `CPython` 3.11: the count of digits, negative for a negative number; then digits of 30 bits.
    Counted,
    /// `CPython` 3.12 to 3.14: a tag whose lowest two bits are 1 less the sign and whose bits from the third on count the
    /// digits; then digits of 30 bits.
    Tagged,
    /// Another interpreter: its functions are called.
    Unknown,
}

/// The head of an `int`, whatever the interpreter calls the word behind the object.
#[repr(C)]
struct Head {
    object: ffi::PyObject,
    word: isize,
    digits: [u32; 2],
}

impl Ints {
    /// Of this interpreter.
    #[inline]
    pub(super) fn get(py: Python<'_>) -> &'static Self {
        static INTS: PyOnceLock<Ints> = PyOnceLock::new();
        INTS.get_or_init(py, || Self::new(py))
    }

    #[cold]
    fn new(py: Python<'_>) -> Self {
        // The references are never given back: the interpreter keeps these integers anyway.
        let ready = std::array::from_fn(|number| match i64::try_from(number) {
            Ok(number) => new_signed(number),
            Err(_) => std::ptr::null_mut(),
        });
        let layout = [Layout::Counted, Layout::Tagged].into_iter().find(|layout| is_laid_out(py, *layout));
        Self { ready, layout: layout.unwrap_or(Layout::Unknown) }
    }

    /// An `int` as a new reference, or NULL with an exception.
    #[inline]
    pub(super) fn make(&self, number: u64) -> *mut ffi::PyObject {
        let ready = usize::try_from(number).ok().and_then(|number| self.ready.get(number));
        match ready {
            // SAFETY: the object lives as long as the interpreter.
            Some(&ready) if !ready.is_null() => unsafe {
                ffi::Py_INCREF(ready);
                ready
            },
            _ => new_unsigned(number),
        }
    }

    /// The number of an `int`, or of a subclass of it (an enum member, a bool), if an `i64` holds it; runs no other code.
    ///
    /// # Safety
    ///
    /// `value` is alive, or NULL.
    #[inline]
    pub(super) unsafe fn read(&self, value: *mut ffi::PyObject) -> Option<i64> {
        // SAFETY: as the caller promises; an `int` is laid out as was found out when `self` was made.
        unsafe {
            if value.is_null() || ffi::PyLong_Check(value) == 0 {
                return None;
            }
            read_small(self.layout, value).or_else(|| self.read_large(value))
        }
    }

    /// As the interpreter reads it, unless its digits are at hand.
    ///
    /// # Safety
    ///
    /// `value` is an `int`.
    #[inline(never)]
    unsafe fn read_large(&self, value: *mut ffi::PyObject) -> Option<i64> {
        // SAFETY: as the caller promises; reading an `int` runs no other code, and -1 then is a number or an overflow.
        unsafe {
            if let Some(natural) = read_digits(self.layout, value) {
                return i64::try_from(natural).ok();
            }
            let mut overflow: c_int = 0;
            let number = ffi::PyLong_AsLongLongAndOverflow(value, &raw mut overflow);
            (overflow == 0).then_some(number)
        }
    }

    /// The number of an `int`, or of a subclass of it, from 0 to 2**64 - 1, where its digits are at hand.
    ///
    /// # Safety
    ///
    /// `value` is alive, or NULL.
    #[inline]
    pub(super) unsafe fn read_natural(&self, value: *mut ffi::PyObject) -> Option<u64> {
        // SAFETY: as in `read`.
        unsafe {
            if value.is_null() || ffi::PyLong_Check(value) == 0 {
                return None;
            }
            match read_digits(self.layout, value) {
                Some(number) => Some(number),
                None => read_small(self.layout, value).and_then(|number| u64::try_from(number).ok()),
            }
        }
    }
}

/// The number of an `int` of one digit.
///
/// # Safety
///
/// `value` is an `int` that is laid out like this.
#[inline]
unsafe fn read_small(layout: Layout, value: *mut ffi::PyObject) -> Option<i64> {
    let head = value.cast::<Head>();
    // SAFETY: as the caller promises; an `int` has room for one digit at least.
    unsafe {
        let word = (*head).word as i64;
        match layout {
            Layout::Counted if (-1..=1).contains(&word) => Some(word * i64::from((*head).digits[0])),
            // One digit at most, and nothing but a sign below.
            Layout::Tagged if (0..16).contains(&word) => Some((1 - (word & 3)) * i64::from((*head).digits[0])),
            _ => None,
        }
    }
}

/// The number of an `int` of two or three digits, if it is above 0 and below 2**64.
///
/// # Safety
///
/// `value` is an `int` that is laid out like this.
#[inline]
unsafe fn read_digits(layout: Layout, value: *mut ffi::PyObject) -> Option<u64> {
    let head = value.cast::<Head>();
    // SAFETY: as the caller promises; as many digits are read as there are.
    unsafe {
        let word = (*head).word as i64;
        let count = match layout {
            Layout::Counted => word,
            // The lowest bits are 0 of a positive number.
            Layout::Tagged if word.trailing_zeros() >= 3 => word >> 3,
            _ => return None,
        };
        let digits = (&raw const (*head).digits).cast::<u32>();
        let low = |index: usize| u64::from(*digits.add(index));
        match count {
            2 => Some(low(0) | low(1) << 30),
            3 if low(2) < 16 => Some(low(0) | low(1) << 30 | low(2) << 60),
            _ => None,
        }
    }
}

/// Whether integers are laid out like this: known for some versions, and tried on numbers of each kind.
fn is_laid_out(py: Python<'_>, layout: Layout) -> bool {
    let version = py.version_info();
    let known = match layout {
        Layout::Counted => version.major == 3 && version.minor == 11,
        Layout::Tagged => version.major == 3 && (12..=14).contains(&version.minor),
        Layout::Unknown => false,
    };
    let digits = py
        .import("sys")
        .and_then(|sys| sys.getattr("int_info"))
        .and_then(|info| Ok((info.getattr("bits_per_digit")?, info.getattr("sizeof_digit")?)))
        .and_then(|(bits, size)| Ok((bits.extract::<u32>()?, size.extract::<u32>()?)));
    if !known || !matches!(digits, Ok((30, 4))) {
        return false;
    }
    let samples = [0, 1, -1, 5, 255, 256, 257, -1000, (1 << 30) - 1, 1 - (1 << 30)];
    let large = [1 << 30, -(1 << 30), i64::MAX, i64::MIN];
    let read = |number: i64| {
        // SAFETY: a new `int`; only fields that any version has are read.
        unsafe {
            let object = Bound::from_owned_ptr_or_opt(py, new_signed(number))?;
            read_small(layout, object.as_ptr())
        }
    };
    samples.into_iter().all(|number| read(number) == Some(number))
        && large.into_iter().all(|number| read(number).is_none())
}

/// An `int` as a new reference, or NULL with an exception.
#[inline]
pub(super) fn new_signed(number: i64) -> *mut ffi::PyObject {
    // `PyLong_FromLong` is the quicker one; what a C long holds differs between systems.
    // SAFETY: the thread is attached wherever this module is at work.
    unsafe {
        match c_long::try_from(number) {
            Ok(number) => ffi::PyLong_FromLong(number),
            Err(_) => ffi::PyLong_FromLongLong(number),
        }
    }
}

#[inline]
fn new_unsigned(number: u64) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe {
        match c_long::try_from(number) {
            Ok(number) => ffi::PyLong_FromLong(number),
            Err(_) => ffi::PyLong_FromUnsignedLongLong(number),
        }
    }
}
