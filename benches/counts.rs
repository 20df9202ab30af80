//! Counts what scenarios cost on the Rust core: `counts FILE OPERATIONS`, run by profiling/counts.py. A third argument `reused`
//! has it use its memory again, as `bebytes bench goals` asks.
//!
//! Callgrind counts the instructions of `measured`; the heap is counted here. Each scenario is a line of JSON. Memory comes
//! from an allocator that does the same whatever was allocated before. With that of libc, whether a growing block moves
//! hangs on its neighbours, and so a count on the length of the program's path: 6 % were seen.

#[allow(dead_code, reason = "each program uses what it needs")]
#[path = "engines/plans.rs"]
mod plans;
#[allow(dead_code, reason = "each program uses what it needs")]
#[path = "engines/scenario.rs"]
mod scenario;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;
use std::ptr;

use serde_json::json;

#[global_allocator]
static HEAP: Heap = Heap {
    free: [const { Cell::new(ptr::null_mut()) }; CLASSES],
    next: Cell::new(ptr::null_mut()),
    left: Cell::new(0),
    counts: Cell::new(Counts { blocks: 0, bytes: 0, live: 0, peak: 0 }),
};

/// Blocks have 2ⁿ bytes, with n below this; what is larger comes from the system.
const CLASSES: usize = 21;

/// What is taken from the system at once.
const CHUNK: Layout = match Layout::from_size_align(1 << 22, 1 << 12) {
    Ok(layout) => layout,
    Err(_) => panic!("a size that is too large"),
};

/// Lists of free blocks, one a size, and the rest of a chunk to cut new ones from.
struct Heap {
    free: [Cell<*mut u8>; CLASSES],
    next: Cell<*mut u8>,
    left: Cell<usize>,
    counts: Cell<Counts>,
}

/// What was asked for, in blocks and bytes; a block that grows is asked for again.
#[derive(Clone, Copy)]
struct Counts {
    blocks: u64,
    bytes: u64,
    live: u64,
    peak: u64,
}

// SAFETY: this program has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    fn count(&self, added: usize, removed: usize) {
        let mut counts = self.counts.get();
        if added > 0 {
            counts.blocks += 1;
            counts.bytes += added as u64;
        }
        counts.live = (counts.live + added as u64).wrapping_sub(removed as u64);
        counts.peak = counts.peak.max(counts.live);
        self.counts.set(counts);
    }

    /// A new block, aligned to its size up to that of a page, so that copies to it always take the same path.
    fn cut(&self, class: usize) -> *mut u8 {
        let size = 1_usize << class;
        let skipped = self.next.get().align_offset(size.min(CHUNK.align()));
        if self.next.get().is_null() || skipped + size > self.left.get() {
            // SAFETY: the size is not 0.
            self.next.set(unsafe { System.alloc(CHUNK) });
            self.left.set(CHUNK.size());
            if self.next.get().is_null() {
                return ptr::null_mut();
            }
            return self.cut(class);
        }
        // SAFETY: `left` bytes from `next` on are ours, and these are no more.
        let block = unsafe { self.next.get().add(skipped) };
        // SAFETY: likewise.
        self.next.set(unsafe { block.add(size) });
        self.left.set(self.left.get() - skipped - size);
        block
    }
}

/// The power of two that holds a block.
fn class(layout: Layout) -> usize {
    let size = layout.size().max(layout.align()).max(size_of::<*mut u8>());
    size.next_power_of_two().trailing_zeros() as usize
}

// SAFETY: a block has the size and alignment of its class, which are no less than asked for, and is in the list of free
// blocks or in use, never both. `dealloc` finds the class by the layout that `alloc` had.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.count(layout.size(), 0);
        let class = class(layout);
        let Some(free) = self.free.get(class) else {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc(layout) };
        };
        let block = free.get();
        if block.is_null() {
            return self.cut(class);
        }
        // SAFETY: a free block holds the address of the next.
        free.set(unsafe { block.cast::<*mut u8>().read_unaligned() });
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.count(0, layout.size());
        let Some(free) = self.free.get(class(layout)) else {
            // SAFETY: as the caller promises; `alloc` went the same way.
            return unsafe { System.dealloc(block, layout) };
        };
        // SAFETY: the block is ours again, and large enough for an address.
        unsafe { block.cast::<*mut u8>().write_unaligned(free.get()) };
        free.set(block);
    }
}

fn main() {
    let words: Vec<_> = std::env::args().collect();
    let (file, operations, reused) = match words.as_slice() {
        [_, file, operations] => (file, operations, false),
        [_, file, operations, way] if way == "reused" => (file, operations, true),
        _ => panic!("usage: counts FILE OPERATIONS [reused]"),
    };
    let operations: usize = operations.parse().expect("a number of operations");
    for scenario in &scenario::read(Path::new(file)).expect("a file of scenarios") {
        let work = if reused { plans::work_reusing(scenario) } else { plans::work(scenario) };
        // Checking also makes the blocks that the loop will use again.
        let failures = work.failures();
        assert!(failures.is_empty(), "{} is wrong: {failures:?}", scenario.key());
        let before = HEAP.counts.get();
        HEAP.counts.set(Counts { peak: before.live, ..before });
        work.run(operations);
        let after = HEAP.counts.get();
        let answer = json!({
            "blocks": after.blocks - before.blocks,
            "bytes": after.bytes - before.bytes,
            "peak": after.peak - before.live,
            "vectors": vectors(),
        });
        println!("{answer}");
    }
}

/// The vector instructions that crates choose while they run; those of libc are held to the basic ones from outside.
fn vectors() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        return "avx2";
    }
    "basic"
}
