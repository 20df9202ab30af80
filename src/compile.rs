//! A plan's fields become a program: checked, put into runs and words, with registers for what lengths refer to.

#![expect(
    clippy::indexing_slicing,
    reason = "plans are compiled, not run here; each index was just taken from the slice"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::bits;
use crate::derive::Derivation;
use crate::expression::{self, Formula};
use crate::plan::{DEPTH_LIMIT, Derived, Expression, Field, Flaw, Kind, Length, Node, Number, Plan, PlanError};
use crate::program::{Alone, Block, Choice, Code, Form, Items, Numeral, Plain, Program, Run, Size, Stretch, Way};

/// The most bytes a size may come to, so that it counts in bits as well.
const SIZE_LIMIT: u64 = 1 << 60;

/// What the compiler knows about the size and shape of a node.
#[derive(Clone, Copy, Default)]
struct Shape {
    minimum: u64,
    minimum_read: u64,
    fixed: bool,
    /// Structs and lists on the way down: what bounds the recursion of runners.
    depth: u32,
    greedy: bool,
    open: bool,
}

impl Shape {
    fn of_size(bytes: u64) -> Self {
        Self { minimum: bytes, minimum_read: bytes, fixed: true, ..Self::default() }
    }
}

/// Where the registers of the paths that are needed lie.
struct Frame {
    /// Paths to integer fields and their registers.
    places: Vec<(Vec<usize>, usize)>,
    /// Nested plans that keep registers for later, by op.
    kept: Vec<(usize, Arc<Plan>, usize)>,
    /// The first register behind those.
    scratch: usize,
}

impl Program {
    /// Checks and compiles; `kept` are paths to integer fields that structs around this one refer to.
    pub(crate) fn compile(fields: &[Field], kept: &[Vec<usize>]) -> Result<Self, PlanError> {
        let frame = Frame::new(fields, kept)?;
        let mut compiler = Compiler { frame: &frame, registers: frame.scratch };
        let mut blocks = Vec::new();
        let mut total = Shape { fixed: true, ..Shape::default() };
        let mut index = 0;
        while index < fields.len() {
            let run = &fields[index..];
            let length = run.iter().take_while(|field| matches!(field.node, Node::Number(_))).count();
            let shape = if length > 0 {
                let made = compiler.run(index, &run[..length])?;
                index += length;
                let bytes = made.bytes;
                blocks.push(Block::Run(made));
                Shape::of_size(bytes as u64)
            } else {
                let field = &run[0];
                let fail = |flaw| fault(field, flaw);
                if field.derived != Derived::No {
                    return Err(fail(Flaw::Derived));
                }
                let (code, found) = compiler.node(&field.node, Some(index)).map_err(fail)?;
                if found.greedy && run.len() > 1 {
                    return Err(fail(Flaw::NotLast));
                }
                blocks.push(Block::Single { slot: index, code });
                index += 1;
                found
            };
            total.add(shape).map_err(|flaw| fault(&run[0], flaw))?;
        }
        let depth = total.depth + 1;
        if depth > DEPTH_LIMIT {
            return Err(PlanError { field: "".into(), flaw: Flaw::Depth });
        }
        let derivation = Derivation::of(fields)?;
        let flat = compiler.registers == 0 && derivation.is_empty() && matches!(blocks.as_slice(), [Block::Run(_)]);
        Ok(Self {
            flat,
            derivation,
            blocks: blocks.into(),
            registers: compiler.registers,
            minimum: total.minimum,
            minimum_read: total.minimum_read,
            fixed: total.fixed,
            depth,
            open: total.open,
            greedy: total.greedy,
            places: frame.places,
            linear: OnceLock::new(),
        })
    }

    fn shape(&self) -> Shape {
        Shape {
            minimum: self.minimum,
            minimum_read: self.minimum_read,
            fixed: self.fixed,
            depth: self.depth,
            greedy: self.greedy,
            open: self.open,
        }
    }
}

impl Shape {
    /// Puts `next` behind.
    fn add(&mut self, next: Self) -> Result<(), Flaw> {
        self.minimum = sized(self.minimum.checked_add(next.minimum))?;
        self.minimum_read = sized(self.minimum_read.checked_add(next.minimum_read))?;
        self.fixed &= next.fixed;
        self.depth = self.depth.max(next.depth);
        self.greedy = next.greedy;
        self.open = next.open;
        Ok(())
    }
}

impl Frame {
    fn new(fields: &[Field], kept: &[Vec<usize>]) -> Result<Self, PlanError> {
        let mut paths: BTreeSet<Vec<usize>> = kept.iter().cloned().collect();
        for (index, field) in fields.iter().enumerate() {
            let mut lengths = Vec::new();
            lengths_of(&field.node, &mut lengths);
            for length in lengths {
                let Length::Computed(expression) = length else { continue };
                expression::check(expression).map_err(|flaw| fault(field, flaw))?;
                expression::visit(expression, &mut |path| {
                    if path.first().is_some_and(|first| *first < index) && refers_to_integer(fields, path) {
                        paths.insert(path.to_vec());
                        Ok(())
                    } else {
                        Err(fault(field, Flaw::Reference))
                    }
                })?;
            }
        }
        let mut frame = Self { places: Vec::new(), kept: Vec::new(), scratch: 0 };
        for path in paths.iter().filter(|path| path.len() == 1) {
            frame.places.push((path.clone(), frame.scratch));
            frame.scratch += 1;
        }
        // Paths into one nested struct stand together, as they are sorted.
        let nested: Vec<_> = paths.iter().filter(|path| path.len() > 1).collect();
        for group in nested.chunk_by(|left, right| left[0] == right[0]) {
            let op = group[0][0];
            let Node::Record(plan) = &fields[op].node else { continue };
            let inner: Vec<_> = group.iter().map(|path| path[1..].to_vec()).collect();
            let program = Program::compile(&plan.fields, &inner)?;
            for (path, register) in &program.places {
                let whole: Vec<_> = std::iter::once(op).chain(path.iter().copied()).collect();
                frame.places.push((whole, frame.scratch + register));
            }
            let base = frame.scratch;
            frame.scratch += program.registers;
            let plan = Plan { name: plan.name.clone(), tag: plan.tag, fields: plan.fields.clone(), program };
            frame.kept.push((op, Arc::new(plan), base));
        }
        Ok(frame)
    }

    fn register(&self, path: &[usize]) -> Option<usize> {
        self.places.iter().find(|(place, _)| place == path).map(|(_, register)| *register)
    }
}

struct Compiler<'a> {
    frame: &'a Frame,
    /// The size of the frame, with the places that nested structs share one after the other.
    registers: usize,
}

impl Compiler<'_> {
    /// Numbers one after the other.
    fn run(&mut self, first: usize, fields: &[Field]) -> Result<Run, PlanError> {
        let mut numbers = Vec::with_capacity(fields.len());
        let mut bit = 0_u64;
        let mut before = None;
        for field in fields {
            let Node::Number(number) = &field.node else { continue };
            verify(number).map_err(|flaw| fault(field, flaw))?;
            if !bit.is_multiple_of(8) {
                if matches!(number.kind, Kind::Float) {
                    return Err(fault(field, Flaw::Alignment));
                }
                if before.is_some_and(|order| order != number.order) {
                    return Err(fault(field, Flaw::Order));
                }
            }
            if field.derived != Derived::No && !matches!(number.kind, Kind::Integer) {
                return Err(fault(field, Flaw::Derived));
            }
            before = Some(number.order);
            numbers.push((number, address(bit, field)?));
            bit += u64::from(number.width);
        }
        if !bit.is_multiple_of(8) {
            return Err(fault(&fields[fields.len() - 1], Flaw::Alignment));
        }
        let bytes = address(bit / 8, &fields[0])?;
        let mut stretches = Vec::new();
        let mut done = 0;
        while done < numbers.len() {
            let (count, way) = stretch(&numbers[done..], bytes);
            let numerals: Box<[_]> = (done..done + count)
                .map(|index| {
                    let ((number, bit), field) = (numbers[index], &fields[index]);
                    numeral(number, bit, way, self.frame.register(&[first + index]), field.derived)
                })
                .collect();
            let all = numerals.iter().all(|numeral| matches!(numeral.plain, Plain::Unsigned));
            let parts = all.then(|| numerals.iter().map(|numeral| numeral.part).collect());
            stretches.push(Stretch { first: first + done, numerals, parts, way });
            done += count;
        }
        Ok(Run { bytes, stretches: stretches.into() })
    }

    /// Anything; `op` is its index where it is a field.
    fn node(&mut self, node: &Node, op: Option<usize>) -> Result<(Code, Shape), Flaw> {
        match node {
            Node::Number(number) => {
                verify(number)?;
                if !number.width.is_multiple_of(8) {
                    return Err(Flaw::Alignment);
                }
                let bytes = number.width as usize / 8;
                let (_, way) = stretch(&[(number, 0)], bytes);
                let numeral = numeral(number, 0, way, None, Derived::No);
                Ok((Code::Alone(Box::new(Alone { numeral, bytes, way })), Shape::of_size(bytes as u64)))
            }
            Node::Data { length, text } => {
                let (size, shape) = self.length(length)?;
                Ok((Code::Data { size, text: *text }, shape))
            }
            Node::Option(inner) => {
                let fits = match &**inner {
                    Node::Number(number) => number.width.is_multiple_of(8),
                    Node::Data { length, .. } => matches!(length, Length::Fixed(_)),
                    _ => false,
                };
                if !fits {
                    return Err(Flaw::Option);
                }
                let (code, shape) = self.node(inner, None)?;
                let bytes = shape.minimum;
                Ok((Code::Option(Box::new(Choice { code, bytes })), Shape::of_size(sized(bytes.checked_add(1))?)))
            }
            Node::Record(plan) => {
                let kept = self.frame.kept.iter().find(|(kept, ..)| Some(*kept) == op);
                let (plan, frame) = match kept {
                    Some((_, plan, frame)) => (plan, *frame),
                    None => (plan, self.frame.scratch),
                };
                self.registers = self.registers.max(frame + plan.program.registers);
                let shape = plan.program.shape();
                if shape.open {
                    return Err(Flaw::Length);
                }
                Ok((Code::Record { plan: Arc::clone(plan), frame }, shape))
            }
            Node::List { count, item } => self.list(count, item),
        }
    }

    fn list(&mut self, count: &Length, item: &Node) -> Result<(Code, Shape), Flaw> {
        let (code, item) = self.node(item, None)?;
        if item.greedy || item.open {
            return Err(Flaw::NotLast);
        }
        let mut shape = Shape { depth: item.depth + 1, ..Shape::default() };
        let count = match count {
            Length::Fixed(count) => {
                shape.minimum = sized(item.minimum.checked_mul(*count))?;
                shape.minimum_read = sized(item.minimum_read.checked_mul(*count))?;
                shape.fixed = item.fixed || *count == 0;
                Size::Fixed(*count)
            }
            Length::Computed(_) | Length::Rest if item.minimum_read == 0 => return Err(Flaw::EmptyItems),
            Length::Computed(expression) => Size::Computed(self.formula(expression)?),
            Length::Rest => {
                shape.greedy = true;
                Size::Rest
            }
            Length::Until { .. } | Length::After { .. } => return Err(Flaw::Length),
        };
        Ok((Code::List(Box::new(Items { count, code, minimum: item.minimum_read, fixed: item.fixed })), shape))
    }

    fn length(&mut self, length: &Length) -> Result<(Size, Shape), Flaw> {
        let loose = Shape::default();
        Ok(match length {
            Length::Fixed(bytes) => (Size::Fixed(*bytes), Shape::of_size(sized(Some(*bytes))?)),
            Length::Computed(expression) => (Size::Computed(self.formula(expression)?), loose),
            Length::Rest => (Size::Rest, Shape { greedy: true, ..loose }),
            Length::Until { marker, open } => {
                let shape = Shape { minimum: 1, minimum_read: 1, greedy: *open, open: *open, ..loose };
                (Size::Until { marker: *marker, open: *open }, shape)
            }
            Length::After { marker } => (Size::After { marker: *marker }, Shape { minimum: 1, greedy: true, ..loose }),
        })
    }

    fn formula(&self, expression: &Expression) -> Result<Formula, Flaw> {
        Formula::of(expression, &|path| self.frame.register(path)).ok_or(Flaw::Reference)
    }
}

fn fault(field: &Field, flaw: Flaw) -> PlanError {
    PlanError { field: Arc::clone(&field.name), flaw }
}

fn sized(bytes: Option<u64>) -> Result<u64, Flaw> {
    bytes.filter(|bytes| *bytes <= SIZE_LIMIT).ok_or(Flaw::Size)
}

fn address(bytes: u64, field: &Field) -> Result<usize, PlanError> {
    usize::try_from(bytes).map_err(|_| fault(field, Flaw::Size))
}

/// Checks what a number is by itself.
fn verify(number: &Number) -> Result<(), Flaw> {
    let width = number.width;
    let possible = match number.kind {
        Kind::Float => width == 32 || width == 64,
        Kind::Char => (1..=32).contains(&width),
        Kind::Bool => (1..=64).contains(&width),
        Kind::Integer | Kind::Enum(_) | Kind::Flags(_) => (1..=128).contains(&width),
    };
    if !possible {
        return Err(Flaw::Width(width));
    }
    if let Kind::Enum(table) | Kind::Flags(table) = &number.kind {
        let (least, greatest) = number.range();
        let sort = table.is_flags() == matches!(number.kind, Kind::Flags(_));
        if !sort || table.minimum() < least || table.maximum() > greatest {
            return Err(Flaw::Members);
        }
    }
    Ok(())
}

/// The numbers at the start of `numbers` (each with its first bit) that make up the next stretch of a run of `room` bytes, and
/// its way.
fn stretch(numbers: &[(&Number, usize)], room: usize) -> (usize, Way) {
    let Some((first, start)) = numbers.first().copied() else { return (0, Way::Bytewise(0)) };
    let same = numbers.iter().take_while(|(number, _)| number.order == first.order);
    // Where the number behind it begins on a byte boundary, a stretch may end.
    let ends = same.zip(1..).map(|((number, bit), count)| (count, bit + number.width as usize));
    let mut ends = ends.filter(|(_, end)| end.is_multiple_of(8)).peekable();
    let nearest = ends.peek().copied();
    let at = start / 8;
    if let Some((count, end)) = ends.take_while(|(_, end)| end - start <= bits::Word::BITS).last() {
        return (count, Way::Word(bits::Word::new(at, end / 8 - at, first.order, room)));
    }
    nearest.map_or((numbers.len(), Way::Bytewise(room - at)), |(count, end)| (count, Way::Bytewise(end / 8 - at)))
}

fn numeral(number: &Number, bit: usize, way: Way, register: Option<usize>, derived: Derived) -> Numeral {
    let form = match &number.kind {
        Kind::Integer if derived == Derived::Here => Form::Derived,
        Kind::Integer if number.signed => Form::Signed,
        Kind::Integer => Form::Unsigned,
        Kind::Bool => Form::Bool,
        Kind::Char => Form::Char,
        Kind::Float if number.width == 32 => Form::Single,
        Kind::Float => Form::Double,
        Kind::Enum(table) => Form::Enum(Arc::clone(table)),
        Kind::Flags(table) => Form::Flags(Arc::clone(table)),
    };
    let range = number.range();
    let in_word = matches!(way, Way::Word(_));
    let plain = match form {
        Form::Unsigned if in_word && register.is_none() => Plain::Unsigned,
        Form::Signed if in_word && register.is_none() => Plain::Signed,
        _ => Plain::No,
    };
    Numeral {
        plain,
        signed: number.signed,
        natural: matches!(form, Form::Unsigned) && number.width == 64 && register.is_none(),
        order: number.order,
        width: number.width,
        part: match way {
            Way::Word(word) => word.part(bit, number.width),
            Way::Bytewise(_) => bits::Part::default(),
        },
        low: range.0.small().unwrap_or(i64::MIN),
        high: range.1.small().unwrap_or(i64::MAX),
        form,
        register: register.and_then(|register| u32::try_from(register).ok()),
        derived,
        bit,
        range: Box::new(range),
    }
}

/// The lengths that stand in a node, nested structs left out.
fn lengths_of<'a>(node: &'a Node, into: &mut Vec<&'a Length>) {
    match node {
        Node::Number(_) | Node::Record(_) => {}
        Node::Data { length, .. } => into.push(length),
        Node::Option(inner) => lengths_of(inner, into),
        Node::List { count, item } => {
            into.push(count);
            lengths_of(item, into);
        }
    }
}

/// Whether the path leads through nested structs to an integer.
fn refers_to_integer(fields: &[Field], path: &[usize]) -> bool {
    let Some((first, inner)) = path.split_first() else { return false };
    match fields.get(*first).map(|field| &field.node) {
        Some(Node::Number(number)) => inner.is_empty() && matches!(number.kind, Kind::Integer),
        Some(Node::Record(plan)) => refers_to_integer(&plan.fields, inner),
        _ => false,
    }
}
