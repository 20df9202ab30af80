//! The plan that the Python side compiled (`bebytes/_plan.py`), taken over node by node.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use pyo3::exceptions::{PyRecursionError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};

use super::error;
use super::instance::Shape;
use super::object::Members;
use crate::error::Wide;
use crate::plan::{Derived, Expression, Field, Kind, Length, Node, Number, Operator, Order, Plan, Table};

/// The deepest that nodes are followed; plans have limits of their own, far below.
const DEPTH: usize = 1000;

/// A plan and the Python classes that it is about.
pub(super) struct Binding {
    plan: Arc<Plan>,
    /// By the tag of the plan.
    shapes: Vec<Shape>,
    /// By the tag of the table.
    members: Vec<Members>,
    derived: Py<PyAny>,
    /// What plans that are not plain know by tags: adapters, rules, constants, variants.
    pub(super) foreign: Vec<Py<PyAny>>,
    /// The selectors that classes of values tell, by the tag of the variants and the class.
    pub(super) selectors: Mutex<HashMap<(usize, usize), Selector>>,
}

/// A class, kept alive, and the selector that it tells.
pub(super) type Selector = (Py<PyType>, Option<i128>);

impl Binding {
    /// Takes over a `_plan.Plan`.
    ///
    /// # Errors
    ///
    /// `TypeError` for what is no such plan, `SchemaError` for one that cannot be run.
    pub(super) fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = plan.py();
        let mut reader = PlanReader::default();
        reader.inner_plans(plan)?;
        let core = reader.plan(plan, 0)?;
        Self::of(py, core, reader, Vec::new())
    }

    /// What a reader has found, about `plan`.
    pub(super) fn of(py: Python<'_>, plan: Arc<Plan>, reader: PlanReader, foreign: Vec<Py<PyAny>>) -> PyResult<Self> {
        let derived = py.import("bebytes.fields")?.getattr("derived")?.unbind();
        let selectors = Mutex::default();
        Ok(Self { plan, shapes: reader.shapes, members: reader.members, derived, foreign, selectors })
    }

    /// The plan of the outermost struct.
    #[inline]
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its name in errors.
    pub(super) fn name(&self) -> &Arc<str> {
        self.plan.name()
    }

    /// Where the fields of `plan` lie.
    #[inline]
    pub(super) fn shape(&self, plan: &Plan) -> &Shape {
        &self.shapes[plan.tag()]
    }

    /// The members of `table`.
    #[inline]
    pub(super) fn members(&self, table: &Table) -> &Members {
        &self.members[table.tag()]
    }

    /// The marker `derived`.
    #[inline]
    pub(super) fn derived(&self) -> &Py<PyAny> {
        &self.derived
    }

    /// Shows the collector all classes and members.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.shapes.iter().try_for_each(|shape| shape.traverse(visit))?;
        self.foreign.iter().try_for_each(|object| visit.call(object))?;
        if let Ok(selectors) = self.selectors.try_lock() {
            selectors.values().try_for_each(|(class, _)| visit.call(class))?;
        }
        self.members.iter().try_for_each(|members| members.traverse(visit))
    }
}

/// Reads plans; those and tables that occur more than once are read once, by their identity.
#[derive(Default)]
pub(super) struct PlanReader {
    plans: HashMap<usize, Arc<Plan>>,
    pub(super) shapes: Vec<Shape>,
    tables: HashMap<usize, Arc<Table>>,
    members: Vec<Members>,
}

impl PlanReader {
    /// Reads the plans inside a plan, the innermost first, so that nesting takes no depth of calls: threads may have small
    /// stacks.
    pub(super) fn inner_plans(&mut self, plan: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut seen = HashSet::new();
        let mut pending = vec![plan.clone()];
        while let Some(plan) = pending.pop() {
            if !seen.insert(plan.as_ptr() as usize) {
                // The plans inside it have been above it in the meantime.
                self.plan(&plan, 0)?;
                continue;
            }
            let ops = plan.getattr("ops")?.cast_into::<PyTuple>()?;
            pending.push(plan);
            for op in ops.iter() {
                pending.extend(
                    inner_plan(op.getattr("node")?)?.filter(|inner| !seen.contains(&(inner.as_ptr() as usize))),
                );
            }
        }
        Ok(())
    }

    pub(super) fn plan(&mut self, plan: &Bound<'_, PyAny>, depth: usize) -> PyResult<Arc<Plan>> {
        let py = plan.py();
        let identity = plan.as_ptr() as usize;
        if let Some(known) = self.plans.get(&identity) {
            return Ok(Arc::clone(known));
        }
        let name: String = plan.getattr("name")?.extract()?;
        let fields = (plan.getattr("ops")?.cast_into::<PyTuple>()?.iter())
            .map(|op| self.field(&op, depth + 1))
            .collect::<PyResult<Vec<_>>>()?;
        let atomic = fields.iter().all(|field| is_atomic(&field.node));
        let shape = Shape::of(&plan.getattr("cls")?.cast_into::<PyType>()?)?.with_values(atomic);
        if shape.len() != fields.len() {
            return Err(PyTypeError::new_err(format!("{name} has {} slots for {} ops", shape.len(), fields.len())));
        }
        let tag = self.shapes.len();
        let core =
            Plan::tagged(name.as_str(), tag, fields).map_err(|flaw| schema_error(py, &name, &flaw.to_string()))?;
        self.shapes.push(shape);
        self.plans.insert(identity, Arc::clone(&core));
        Ok(core)
    }

    pub(super) fn field(&mut self, op: &Bound<'_, PyAny>, depth: usize) -> PyResult<Field> {
        let name: String = op.getattr("name")?.extract()?;
        let derived = match &*op.getattr("derived")?.cast_into::<PyString>()?.to_cow()? {
            "" => Derived::No,
            "here" => Derived::Here,
            "outer" => Derived::Outer,
            other => return Err(unknown("derived", other)),
        };
        Ok(Field { name: name.into(), node: self.node(&op.getattr("node")?, depth)?, derived })
    }

    pub(super) fn node(&mut self, node: &Bound<'_, PyAny>, depth: usize) -> PyResult<Node> {
        bounded(depth)?;
        Ok(match &*kind(node)? {
            "Number" => Node::Number(self.number(node)?),
            "Data" => Node::Data {
                length: length(&node.getattr("length")?, depth + 1)?,
                text: node.getattr("text")?.extract()?,
            },
            "Option" => Node::option(self.node(&node.getattr("node")?, depth + 1)?),
            "Record" => Node::Record(self.plan(&node.getattr("plan")?, depth + 1)?),
            "List" => {
                Node::list(length(&node.getattr("count")?, depth + 1)?, self.node(&node.getattr("item")?, depth + 1)?)
            }
            other => return Err(unknown("node", other)),
        })
    }

    pub(super) fn number(&mut self, node: &Bound<'_, PyAny>) -> PyResult<Number> {
        let table = node.getattr("table")?;
        let kind = match &*node.getattr("kind")?.cast_into::<PyString>()?.to_cow()? {
            "int" => Kind::Integer,
            "bool" => Kind::Bool,
            "char" => Kind::Char,
            "float" => Kind::Float,
            "enum" => Kind::Enum(self.table(&table)?),
            "flags" => Kind::Flags(self.table(&table)?),
            other => return Err(unknown("number", other)),
        };
        let order = if node.getattr("little")?.extract()? { Order::Little } else { Order::Big };
        Ok(Number { kind, width: node.getattr("width")?.extract()?, signed: node.getattr("signed")?.extract()?, order })
    }

    fn table(&mut self, table: &Bound<'_, PyAny>) -> PyResult<Arc<Table>> {
        let identity = table.as_ptr() as usize;
        if let Some(known) = self.tables.get(&identity) {
            return Ok(Arc::clone(known));
        }
        let tag = self.members.len();
        let name: String = table.getattr("name")?.extract()?;
        let class = table.getattr("cls")?.cast_into::<PyType>()?.unbind();
        let members: Vec<Py<PyAny>> = table.getattr("members")?.extract()?;
        let values = table.getattr("values")?.cast_into::<PyTuple>()?;
        if members.len() != values.len() {
            return Err(PyTypeError::new_err(format!(
                "{name} has {} members for {} values",
                members.len(),
                values.len()
            )));
        }
        let (core, members) = if table.getattr("flags")?.extract()? {
            let maximum: u128 = table.getattr("maximum")?.extract()?;
            let values = values.iter().map(|value| value.extract()).collect::<PyResult<_>>()?;
            (Table::flags(name, tag, values), Members::new(class, members, Some(maximum)))
        } else {
            let values = values.iter().map(|value| wide(&value)).collect::<PyResult<_>>()?;
            (Table::members(name, tag, values), Members::new(class, members, None))
        };
        self.members.push(members);
        self.tables.insert(identity, Arc::clone(&core));
        Ok(core)
    }
}

/// Whether the values of a node hold nothing else. Members of enums do, but what a member holds lives as long as its class.
fn is_atomic(node: &Node) -> bool {
    match node {
        Node::Number(_) | Node::Data { .. } => true,
        Node::Option(inner) => is_atomic(inner),
        Node::Record(_) | Node::List { .. } => false,
    }
}

/// The plan of the struct that a node is, or is a list of.
pub(super) fn inner_plan(mut node: Bound<'_, PyAny>) -> PyResult<Option<Bound<'_, PyAny>>> {
    for _ in 0..DEPTH {
        match &*kind(&node)? {
            "List" => node = node.getattr("item")?,
            "Record" => return node.getattr("plan").map(Some),
            _ => break,
        }
    }
    Ok(None)
}

fn length(length: &Bound<'_, PyAny>, depth: usize) -> PyResult<Length> {
    Ok(match &*kind(length)? {
        "Fixed" => Length::Fixed(length.getattr("value")?.extract()?),
        "Computed" => Length::Computed(expression(&length.getattr("expression")?, depth)?),
        "Rest" => Length::Rest,
        "Until" => {
            Length::Until { marker: length.getattr("marker")?.extract()?, open: length.getattr("open")?.extract()? }
        }
        "After" => Length::After { marker: length.getattr("marker")?.extract()? },
        other => return Err(unknown("length", other)),
    })
}

fn expression(node: &Bound<'_, PyAny>, depth: usize) -> PyResult<Expression> {
    bounded(depth)?;
    Ok(match &*kind(node)? {
        "Constant" => Expression::Constant(node.getattr("value")?.extract()?),
        "Ref" => Expression::Ref(node.getattr("path")?.extract()?),
        "Binary" => {
            let operator = match &*node.getattr("operator")?.cast_into::<PyString>()?.to_cow()? {
                "+" => Operator::Add,
                "-" => Operator::Subtract,
                "*" => Operator::Multiply,
                "/" => Operator::Divide,
                "%" => Operator::Remainder,
                other => return Err(unknown("operator", other)),
            };
            let left = expression(&node.getattr("left")?, depth + 1)?;
            Expression::binary(operator, left, expression(&node.getattr("right")?, depth + 1)?)
        }
        other => return Err(unknown("expression", other)),
    })
}

pub(super) fn wide(number: &Bound<'_, PyAny>) -> PyResult<Wide> {
    let number = number.cast::<PyInt>()?;
    match number.extract::<u128>() {
        Ok(number) => Ok(Wide::Natural(number)),
        Err(_) => Ok(number.extract::<i128>()?.into()),
    }
}

/// The name of a node's class.
pub(super) fn kind(node: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(node.get_type().name()?.to_str()?.to_owned())
}

fn bounded(depth: usize) -> PyResult<()> {
    if depth < DEPTH { Ok(()) } else { Err(PyRecursionError::new_err("the plan is nested too deep")) }
}

fn unknown(what: &str, name: &str) -> PyErr {
    PyTypeError::new_err(format!("the plan has an unknown {what}: {name:?}"))
}

fn schema_error(py: Python<'_>, name: &str, flaw: &str) -> PyErr {
    match error::class(py, "SchemaError").and_then(|class| class.call1((format!("{name}: {flaw}"),))) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
