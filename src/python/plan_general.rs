//! Plans that are not plain (`bebytes/_plan_general.py`), taken over node by node.
//!
//! `NotImplementedError` says that the core does not run one.

use std::collections::HashMap;
use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString, PyTuple, PyType};

use super::formula::{Facts, figure, form, formula, is_integer, is_plain, length, order, unsupported, varint, word};
use super::instance::Shape;
use super::plan::{PlanReader, kind, wide};
use crate::checksum::Algorithm;
use crate::error::Wide;
use crate::general::{
    Absence, Case, Checksum, Constant, Data, Ending, Extra, Field, Given, Keeps, Key, Layout, Length, List, Nested,
    Node, Number, Optional, Origin, Placed, Rule, Stored, Struct, Switch, Test, Turn, Unknown,
};
use crate::plan::{self, Order, Plan};

/// Reads plans that may contain themselves: each is given a number when it is first met, and read when its turn comes.
pub(super) struct GeneralReader<'py> {
    pub(super) plain: PlanReader,
    /// What the sink knows by tags: adapters, rules, constants, algorithms.
    pub(super) foreign: Vec<Py<PyAny>>,
    /// `bebytes._native_general`.
    facts: Facts<'py>,
    /// Numbers of plans by their identity; they are alive as long as the first is.
    numbers: HashMap<usize, usize>,
    plans: Vec<Bound<'py, PyAny>>,
    /// The number of the one that is read.
    reading: usize,
}

type Object<'py> = Bound<'py, PyAny>;

impl<'py> GeneralReader<'py> {
    /// Takes over a plan and all inside it.
    ///
    /// # Errors
    ///
    /// `NotImplementedError` where the core does not run it; `TypeError` for what is no plan.
    pub(super) fn read(plan: &Object<'py>) -> PyResult<(Self, Layout)> {
        let py = plan.py();
        let facts = Facts(py.import("bebytes._native_general")?);
        let mut reader = Self {
            plain: PlanReader::default(),
            foreign: Vec::new(),
            facts,
            numbers: HashMap::new(),
            plans: Vec::new(),
            reading: 0,
        };
        let root = reader.number_of(plan);
        let mut structs = Vec::new();
        while let Some(plan) = reader.plans.get(structs.len()).cloned() {
            reader.reading = structs.len();
            structs.push(reader.shape(&plan)?);
        }
        Ok((reader, Layout::new(structs, root)))
    }

    fn number_of(&mut self, plan: &Object<'py>) -> usize {
        *self.numbers.entry(plan.as_ptr() as usize).or_insert_with(|| {
            self.plans.push(plan.clone());
            self.plans.len() - 1
        })
    }

    fn tag(&mut self, object: Object<'py>) -> usize {
        self.foreign.push(object.unbind());
        self.foreign.len() - 1
    }

    fn shape(&mut self, plan: &Object<'py>) -> PyResult<Struct> {
        self.facts.check_operands(plan)?;
        let ops = plan.getattr("ops")?.cast_into::<PyTuple>()?;
        let fields = ops.iter().map(|op| self.field(plan, &op)).collect::<PyResult<Vec<_>>>()?;
        let turn = plan.getattr("turn")?;
        let turn = if turn.is_none() {
            None
        } else {
            let little = turn.getattr("little")?.cast_into::<PyTuple>()?;
            Some(Turn {
                condition: formula(&turn.getattr("condition")?, "byteorder ")?,
                after: usize::try_from(turn.getattr("after")?.extract::<i64>()? + 1)?,
                little: little.iter().map(|op| self.field(plan, &op)).collect::<PyResult<_>>()?,
            })
        };
        let (shell, core) = if plan.getattr("plain")?.is_truthy()? {
            self.plain.inner_plans(plan)?;
            let core = self.plain.plan(plan, 0)?;
            (Arc::clone(&core), Some(core))
        } else {
            (self.shell(plan, &ops)?, None)
        };
        let mut made = Struct::new(shell, fields, turn, core);
        made.minimum = plan.getattr("minimum")?.extract()?;
        made.parameters = plan.getattr("parameters")?.len()?;
        for (slot, fields) in self.facts.absences(plan)? {
            let node = ops.get_item(slot)?.getattr("node")?;
            let number = self.facts.number_of(&node)?.map(|number| self.number(&number)).transpose()?;
            made.absences.push(Absence { slot, number, fields: fields.into() });
        }
        Ok(made)
    }

    /// A plan with the names of the fields.
    fn shell(&mut self, plan: &Object<'py>, ops: &Bound<'py, PyTuple>) -> PyResult<Arc<Plan>> {
        let name: String = plan.getattr("name")?.extract()?;
        let shape = Shape::of(&plan.getattr("cls")?.cast_into::<PyType>()?)?;
        if shape.len() != ops.len() {
            return Err(PyTypeError::new_err(format!("{name} has {} slots for {} ops", shape.len(), ops.len())));
        }
        let byte = plan::Node::unsigned(8, Order::Big);
        let named = |op: Object<'py>| Ok(plan::Field::new(op.getattr("name")?.extract::<String>()?, byte.clone()));
        let fields = ops.iter().map(named).collect::<PyResult<Vec<_>>>()?;
        let shell = Plan::tagged(name, self.plain.shapes.len(), fields);
        let shell = shell.map_err(|flaw| PyTypeError::new_err(flaw.to_string()))?;
        self.plain.shapes.push(shape);
        Ok(shell)
    }

    fn field(&mut self, plan: &Object<'py>, op: &Object<'py>) -> PyResult<Field> {
        let node = op.getattr("node")?;
        let derived = op.getattr("derived")?.cast_into::<PyString>()?;
        let derived = derived.to_str()?;
        let extra = op.getattr("extra")?;
        let padding = if extra.is_none() { String::new() } else { extra.getattr("padding")?.extract()? };
        let stored = match derived {
            "" | "outer" => Stored::Value,
            "padding" if padding == "keep" => Stored::Padding,
            _ => Stored::Derived,
        };
        let given = match derived {
            "here" => Given::Here,
            "constant" => Given::Constant,
            "padding" => Given::Padding,
            "computed" => Given::Computed,
            "checksum" => Given::Checksum,
            _ => Given::No,
        };
        let made = self.node(&node)?;
        let simple = extra.is_none() && matches!(derived, "" | "here" | "outer");
        let simple = if simple { self.plain_field(op, derived == "here")? } else { None };
        let keeps = match self.facts.keeps(plan, &node)? {
            None => None,
            Some((alone, slots, told, absent)) => {
                let ops = plan.getattr("ops")?;
                let slots = slots.into_iter().map(|slot| {
                    let node = ops.get_item(slot)?.getattr("node")?;
                    let number = self.facts.number_of(&node)?.map(|number| self.number(&number)).transpose()?;
                    PyResult::Ok((slot, number))
                });
                let slots = slots.collect::<PyResult<_>>()?;
                Some(Box::new(Keeps { alone: alone.map(Into::into), slots, told: told.into(), absent }))
            }
        };
        let extra = if extra.is_none() {
            None
        } else {
            Some(Box::new(self.extra(&node, &extra, stored == Stored::Value, padding == "zero")?))
        };
        Ok(Field { node: made, stored, given, may_be_derived: !derived.is_empty(), extra, plain: simple, keeps })
    }

    /// A field as the core reads it, where that can.
    fn plain_field(&mut self, op: &Object<'py>, is_derived: bool) -> PyResult<Option<plan::Field>> {
        let node = op.getattr("node")?;
        if !is_plain(&node)? || (is_derived && !is_integer(&node)?) {
            return Ok(None);
        }
        self.inner_plans(&node)?;
        self.plain.field(op, 0).map(Some)
    }

    fn plain_node(&mut self, node: &Object<'py>) -> PyResult<Option<plan::Node>> {
        if !is_plain(node)? {
            return Ok(None);
        }
        self.inner_plans(node)?;
        self.plain.node(node, 0).map(Some)
    }

    fn inner_plans(&mut self, node: &Object<'py>) -> PyResult<()> {
        match super::plan::inner_plan(node.clone())? {
            Some(plan) => self.plain.inner_plans(&plan),
            None => Ok(()),
        }
    }

    fn extra(&mut self, node: &Object<'py>, extra: &Object<'py>, stored: bool, zeros: bool) -> PyResult<Extra> {
        let part = |name: &str| extra.getattr(name).map(|part| (!part.is_none()).then_some(part));
        let constant = match part("constant")? {
            None => None,
            Some(constant) => Some(self.constant(node, constant)?),
        };
        let rule = match part("rule")? {
            None => None,
            Some(rule) => Some(self.rule(node, &rule, stored)?),
        };
        let computed = part("computed")?.map(|computed| formula(&computed, "")).transpose()?;
        let checksum = match part("checksum")? {
            None => None,
            Some(checksum) => Some(self.checksum(&checksum)?),
        };
        let checks: Vec<usize> = extra.getattr("checks")?.extract()?;
        Ok(Extra { constant, zeros, rule, computed, checksum, checks: checks.into() })
    }

    fn constant(&mut self, node: &Object<'py>, constant: Object<'py>) -> PyResult<Constant> {
        let (number, bytes) = self.facts.constant_of(node, &constant)?;
        let number = number.map(|number| wide(&number)).transpose()?;
        Ok(Constant { number, bytes: bytes.map(Into::into), tag: self.tag(constant) })
    }

    fn rule(&mut self, node: &Object<'py>, rule: &Object<'py>, stored: bool) -> PyResult<Rule> {
        let (sort, test) = self.facts.test_of(node, rule, stored)?;
        let test = match &*sort {
            "interval" => {
                let (minimum, maximum, step) = test.extract()?;
                Test::Interval { minimum, maximum, step }
            }
            "one of" => {
                let numbers = test.cast_into::<PyTuple>()?;
                Test::OneOf(numbers.iter().map(|number| wide(&number)).collect::<PyResult<_>>()?)
            }
            "formula" => Test::Formula(formula(&test, "where ")?),
            _ => Test::Foreign(self.tag(test)),
        };
        let written: String = rule.getattr("text")?.extract()?;
        Ok(Rule { test, text: written.into(), each: rule.getattr("each")?.extract()? })
    }

    fn checksum(&mut self, checksum: &Object<'py>) -> PyResult<Checksum> {
        let start = checksum.getattr("start")?;
        Ok(Checksum {
            first: checksum.getattr("first")?.extract()?,
            last: checksum.getattr("last")?.extract()?,
            start: if start.is_none() { None } else { Some(formula(&start, "start ")?) },
            algorithm: Algorithm::find(&checksum.getattr("algorithm")?.extract::<String>()?),
            tag: self.tag(checksum.getattr("algorithm")?),
            none: figure(&checksum.getattr("none")?)?,
        })
    }

    fn node(&mut self, node: &Object<'py>) -> PyResult<Node> {
        let inner = |name: &str| node.getattr(name);
        Ok(match &*kind(node)? {
            "Number" => Node::Number(self.number(node)?),
            "Packed" => Node::Packed(self.number(&inner("number")?)?, word(&inner("word")?)?),
            "Wide" => Node::Wide(self.number(&inner("number")?)?, formula(&inner("width")?, "bits ")?),
            "Varint" => Node::Varint(varint(node)?),
            "Decimal" => {
                let digits = inner("digits")?.extract()?;
                if !(1..=32).contains(&digits) {
                    return Err(unsupported());
                }
                Node::Decimal { digits, order: order(node)? }
            }
            "Data" => Node::Data(Data {
                length: length(&inner("length")?)?,
                text: inner("text")?.extract()?,
                form: form(&inner("form")?)?,
                order: order(node)?,
            }),
            "Option" => {
                let value = inner("node")?;
                let fixed = self.facts.fixed_bits(&value)?;
                let order = if self.facts.is_little(&value)? { Order::Little } else { Order::Big };
                Node::Option(Box::new(Optional { node: self.node(&value)?, fixed, order }))
            }
            "Record" => Node::Record(self.nested(node, false)?),
            "Recursion" => Node::Record(self.nested(node, true)?),
            "List" => self.list(node)?,
            "When" => Node::When(formula(&inner("condition")?, "when ")?, Box::new(self.node(&inner("node")?)?)),
            "Switch" => self.switch(node)?,
            "Sized" => Node::Sized(length(&inner("length")?)?, Box::new(self.node(&inner("node")?)?)),
            "Ordered" => {
                let nodes = [self.node(&inner("big")?)?, self.node(&inner("little")?)?];
                Node::Ordered(formula(&inner("condition")?, "byteorder ")?, Box::new(nodes))
            }
            "Placed" => Node::Placed(Box::new(Placed {
                position: formula(&inner("position")?, "at ")?,
                origin: match &*inner("origin")?.extract::<String>()? {
                    "message" => Origin::Message,
                    "struct" => Origin::Struct,
                    _ => Origin::Here,
                },
                node: self.node(&inner("node")?)?,
            })),
            "Adapted" => {
                let name: String = inner("name")?.extract()?;
                let rule = format!("what makes {name}").into();
                let (tag, encode) = (self.tag(inner("decode")?), self.tag(inner("encode")?));
                Node::Adapted { node: Box::new(self.node(&inner("node")?)?), tag, encode, rule }
            }
            "Scaled" => {
                let (scale, offset) = (inner("scale")?.extract()?, inner("offset")?.extract()?);
                Node::Scaled(Box::new(self.node(&inner("node")?)?), scale, offset)
            }
            _ => return Err(unsupported()),
        })
    }

    fn number(&mut self, node: &Object<'py>) -> PyResult<Number> {
        let number = self.plain.number(node)?;
        let unknown = node.getattr("unknown")?;
        let unknown = if unknown.is_none() {
            Unknown::Refused
        } else if kind(&unknown)? == "Kept" {
            Unknown::Kept
        } else {
            Unknown::Replaced(wide(&unknown)?)
        };
        let range = if matches!(number.kind, plan::Kind::Float) {
            (Wide::ZERO, Wide::ZERO)
        } else {
            (wide(&node.getattr("minimum")?)?, wide(&node.getattr("maximum")?)?)
        };
        Ok(Number { number, unknown, range })
    }

    fn nested(&mut self, node: &Object<'py>, recursive: bool) -> PyResult<Nested> {
        let parameters = node.getattr("parameters")?.cast_into::<PyTuple>()?;
        let parameters = parameters.iter().map(|given| {
            let mut made = formula(&given, "")?;
            made.complaint = "a parameter".into();
            PyResult::Ok(made)
        });
        let parameters = parameters.collect::<PyResult<_>>()?;
        Ok(Nested { index: self.number_of(&node.getattr("plan")?), parameters, recursive })
    }

    fn list(&mut self, node: &Object<'py>) -> PyResult<Node> {
        let (count, item) = (node.getattr("count")?, node.getattr("item")?);
        let (count, until) = if kind(&count)? == "UntilItem" {
            let sentinel = count.getattr("sentinel")?;
            let sentinel = if kind(&sentinel)? == "Kept" {
                None
            } else {
                Some(Constant { number: None, bytes: None, tag: self.tag(sentinel) })
            };
            (Length::Rest, Some(Ending { formula: formula(&count.getattr("formula")?, "until ")?, sentinel }))
        } else {
            (length(&count)?, None)
        };
        let plain = self.plain_node(&item)?;
        Ok(Node::List(Box::new(List::new(count, self.node(&item)?, until, plain))))
    }

    fn switch(&mut self, node: &Object<'py>) -> PyResult<Node> {
        let selector = node.getattr("selector")?;
        let shown = match self.plans.get(self.reading).cloned() {
            Some(plan) => self.facts.shown(&plan, node)?.map(|number| self.number(&number)).transpose()?,
            None => None,
        };
        let mut cases = Vec::new();
        for case in node.getattr("cases")?.cast_into::<PyTuple>()?.iter() {
            let keys = case.getattr("keys")?.cast_into::<PyTuple>()?;
            let keys = keys.iter().map(|key| match key.cast::<PyInt>() {
                Ok(number) => Ok(Key::Number(number.extract()?)),
                Err(_) => Ok(Key::Bytes(key.extract::<Vec<u8>>()?.into())),
            });
            cases.push(Case { keys: keys.collect::<PyResult<_>>()?, node: self.case(&case)? });
        }
        let default = node.getattr("default")?;
        let default = if default.is_none() { None } else { Some(self.case(&default)?) };
        let selector = formula(&selector, "switch ")?;
        let keys = self.tag(node.getattr("cases")?);
        Ok(Node::Switch(Box::new(Switch { selector, shown, cases, default, keys })))
    }

    fn case(&mut self, case: &Object<'py>) -> PyResult<Option<Node>> {
        let node = case.getattr("node")?;
        if node.is_none() { Ok(None) } else { self.node(&node).map(Some) }
    }
}
