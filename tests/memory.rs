//! Allocation follows bytes that exist: a length field cannot make the decoder reserve more than the input can fill.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use _core::error::ErrorKind;
use _core::plan::{Expression, Field, Length, Node, Order, Plan};
use _core::value;

/// Notes the largest piece of memory that is asked for.
struct Noting;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static NOTING: Noting = Noting;

#[test]
fn a_huge_length_reserves_nothing() {
    let length = || Length::Computed(Expression::field(0));
    let byte = || Node::unsigned(8, Order::Big);
    let section = Node::bytes(Length::Until { marker: 0, open: false });
    let inner = Plan::new("Inner", vec![Field::new("x", byte())]).unwrap();
    let cases = [
        ("bytes", Node::bytes(length())),
        ("text", Node::text(length())),
        ("numbers", Node::list(length(), byte())),
        ("records", Node::list(length(), Node::record(&inner))),
        ("sections", Node::list(length(), section)),
        ("fixed", Node::list(Length::Fixed(1 << 40), byte())),
        ("nested", Node::list(Length::Fixed(1 << 20), Node::list(Length::Fixed(1 << 20), byte()))),
    ];
    for (name, node) in cases {
        let fields = vec![Field::new("n", Node::unsigned(32, Order::Big)), Field::new("data", node)];
        let plan = Plan::new(name, fields).unwrap();
        LARGEST.store(0, Ordering::Relaxed);

        let error = value::decode(&plan, &[0xff; 4]).unwrap_err();

        assert!(LARGEST.load(Ordering::Relaxed) < 4096, "{name}: {LARGEST:?}");
        assert!(
            matches!(error.kind(), ErrorKind::InsufficientData { .. } | ErrorKind::MarkerNotFound { .. }),
            "{name}: {error}"
        );
    }
}
