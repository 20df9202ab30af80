//! The small parts of plans that are not plain, taken over: expressions, lengths, forms; and what Python tells of them.

use std::sync::Arc;

use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyModule, PyString};

use super::plan::{kind, wide};
use crate::error::Figure;
use crate::formula::{Expression, Formula, Leaf, Operator, Sign};
use crate::general::{Length, Marker, Scheme, Varint, Word};
use crate::plan::Order;
use crate::text::{Codec, Form, Strip};

type Object<'py> = Bound<'py, PyAny>;

/// The deepest that expressions nest.
const DEPTH: usize = 300;

/// The error of what the core does not run.
pub(super) fn unsupported() -> PyErr {
    PyNotImplementedError::new_err("not run by the extension")
}

/// `bebytes._native_general`, which tells what the plan alone does not.
pub(super) struct Facts<'py>(pub(super) Bound<'py, PyModule>);

/// See `keeps` there.
type Kept<'py> = (Option<Vec<usize>>, Vec<usize>, Vec<Option<i128>>, Option<i128>);

impl<'py> Facts<'py> {
    pub(super) fn check_operands(&self, plan: &Object<'py>) -> PyResult<()> {
        self.0.getattr("check_operands")?.call1((plan,)).map(drop)
    }

    pub(super) fn keeps(&self, plan: &Object<'py>, node: &Object<'py>) -> PyResult<Option<Kept<'py>>> {
        self.0.getattr("keeps")?.call1((plan, node))?.extract()
    }

    pub(super) fn number_of(&self, node: &Object<'py>) -> PyResult<Option<Object<'py>>> {
        self.0.getattr("number_of")?.call1((node,)).map(present)
    }

    pub(super) fn shown(&self, plan: &Object<'py>, switch: &Object<'py>) -> PyResult<Option<Object<'py>>> {
        self.0.getattr("shown_selector")?.call1((plan, switch)).map(present)
    }

    pub(super) fn constant_of(
        &self,
        node: &Object<'py>,
        constant: &Object<'py>,
    ) -> PyResult<(Option<Object<'py>>, Option<Vec<u8>>)> {
        self.0.getattr("constant_of")?.call1((node, constant))?.extract()
    }

    pub(super) fn test_of(
        &self,
        node: &Object<'py>,
        rule: &Object<'py>,
        stored: bool,
    ) -> PyResult<(String, Object<'py>)> {
        self.0.getattr("test_of")?.call1((node, rule, stored))?.extract()
    }

    pub(super) fn absences(&self, plan: &Object<'py>) -> PyResult<Vec<(usize, Vec<usize>)>> {
        self.0.getattr("absences")?.call1((plan,))?.extract()
    }

    pub(super) fn is_little(&self, node: &Object<'py>) -> PyResult<bool> {
        self.0.getattr("is_little")?.call1((node,))?.is_truthy()
    }

    pub(super) fn fixed_bits(&self, node: &Object<'py>) -> PyResult<u64> {
        self.0.getattr("fixed_bits")?.call1((node,))?.extract()
    }
}

fn present(object: Object<'_>) -> Option<Object<'_>> {
    (!object.is_none()).then_some(object)
}

/// An expression with its text; errors say `what`, then that text.
pub(super) fn formula(node: &Object<'_>, what: &str) -> PyResult<Formula> {
    let text = node.getattr("text")?;
    let complaint = format!("{what}{}", text.repr()?.to_str()?);
    let text: String = text.extract()?;
    let expression = expression(&node.getattr("expression")?, 0)?;
    Ok(Formula { expression, text: text.into(), complaint: complaint.into() })
}

fn expression(node: &Object<'_>, depth: usize) -> PyResult<Expression> {
    if depth > DEPTH {
        return Err(unsupported());
    }
    let part = |name: &str| node.getattr(name).and_then(|part| expression(&part, depth + 1));
    let path = || Ok::<_, PyErr>(node.getattr("path")?.extract::<Vec<usize>>()?.into());
    Ok(match &*kind(node)? {
        // One beyond 128 bits is not run here.
        "Constant" => Expression::Number(node.getattr("value")?.extract().map_err(|_| unsupported())?),
        "Bytes" => Expression::Bytes(node.getattr("value")?.extract::<Vec<u8>>()?.into()),
        "Ref" => Expression::Leaf(Leaf::Field(path()?)),
        "Parameter" => Expression::Leaf(Leaf::Parameter(node.getattr("number")?.extract()?)),
        "Item" => Expression::Leaf(Leaf::Item(path()?)),
        "Own" => Expression::Leaf(Leaf::Own),
        "Len" => Expression::Leaf(Leaf::Len(path()?)),
        "SizeOf" => Expression::Leaf(Leaf::SizeOf(path()?, node.getattr("last")?.extract()?)),
        "Unary" => {
            let sign = match &*operator(node)? {
                "-" => Sign::Negative,
                "~" => Sign::Inverse,
                _ => Sign::Not,
            };
            Expression::Unary(sign, Box::new(part("operand")?))
        }
        "Binary" => {
            let operator = binary(&operator(node)?)?;
            Expression::Binary(operator, Box::new(part("left")?), Box::new(part("right")?))
        }
        "Choice" => Expression::Choice(Box::new([part("condition")?, part("yes")?, part("no")?])),
        _ => return Err(unsupported()),
    })
}

fn operator(node: &Object<'_>) -> PyResult<String> {
    node.getattr("operator")?.extract()
}

fn binary(operator: &str) -> PyResult<Operator> {
    Ok(match operator {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "&" => Operator::And,
        "|" => Operator::Or,
        "^" => Operator::Xor,
        "<<" => Operator::Left,
        ">>" => Operator::Right,
        "==" => Operator::Equal,
        "!=" => Operator::Unequal,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "and" => Operator::Both,
        "or" => Operator::Either,
        _ => return Err(unsupported()),
    })
}

pub(super) fn length(length: &Object<'_>) -> PyResult<Length> {
    Ok(match &*kind(length)? {
        "Fixed" => Length::Fixed(length.getattr("value")?.extract()?),
        "Computed" => Length::Computed(formula(length, "")?),
        "Rest" => Length::Rest,
        "Until" => Length::Until(marker(length)?, length.getattr("open")?.extract()?),
        "After" => Length::After(marker(length)?),
        "Aligning" => Length::Aligning(length.getattr("step")?.extract()?),
        _ => return Err(unsupported()),
    })
}

fn marker(length: &Object<'_>) -> PyResult<Marker> {
    let marker = length.getattr("marker")?;
    let single = marker.is_instance_of::<PyInt>();
    let bytes: Vec<u8> = if single { vec![marker.extract()?] } else { marker.extract()? };
    if bytes.is_empty() {
        return Err(unsupported());
    }
    Ok(Marker { bytes: bytes.into(), single })
}

pub(super) fn form(form: &Object<'_>) -> PyResult<Option<Form>> {
    if form.is_none() {
        return Ok(None);
    }
    let name: String = form.getattr("codec")?.extract()?;
    let strip = match &*form.getattr("strip")?.extract::<String>()? {
        "right" => Strip::Right,
        "left" => Strip::Left,
        "both" => Strip::Both,
        "first" => Strip::First,
        _ => Strip::No,
    };
    let pad: Vec<u8> = form.getattr("pad")?.extract()?;
    let name: Arc<str> = name.into();
    Ok(Some(Form { codec: Codec::named(&name), name, pad: pad.into(), strip }))
}

pub(super) fn order(node: &Object<'_>) -> PyResult<Order> {
    Ok(if node.getattr("little")?.is_truthy()? { Order::Little } else { Order::Big })
}

pub(super) fn word(word: &Object<'_>) -> PyResult<Word> {
    let width = word.getattr("width")?.extract()?;
    if !(8..=128).contains(&width) {
        return Err(unsupported());
    }
    Ok(Word { width, order: order(word)?, at: word.getattr("at")?.extract()?, used: word.getattr("used")?.extract()? })
}

pub(super) fn varint(node: &Object<'_>) -> PyResult<Varint> {
    let scheme = match &*node.getattr("kind")?.cast_into::<PyString>()?.to_cow()? {
        "leb128" => Scheme::Leb128,
        "zigzag" => Scheme::Zigzag,
        "vlq" => Scheme::Vlq,
        "sqlite" => Scheme::Sqlite,
        other => return Err(PyTypeError::new_err(format!("the plan has an unknown varint: {other:?}"))),
    };
    let width = node.getattr("width")?.extract()?;
    // Their groups fit into 128 bits.
    if !(1..=112).contains(&width) {
        return Err(unsupported());
    }
    let (signed, keep) = (node.getattr("signed")?.extract()?, node.getattr("keep")?.extract()?);
    Ok(Varint { scheme, signed, width, keep })
}

/// A number or bytes, where there are any.
pub(super) fn figure(value: &Object<'_>) -> PyResult<Option<Figure>> {
    if value.is_none() {
        return Ok(None);
    }
    Ok(Some(match value.cast::<PyInt>() {
        Ok(_) => Figure::Integer(wide(value)?),
        Err(_) => Figure::Bytes(value.extract::<Vec<u8>>()?.into()),
    }))
}

/// Whether a node is one that the core has too.
pub(super) fn is_plain(node: &Object<'_>) -> PyResult<bool> {
    let inner = |name: &str| node.getattr(name);
    Ok(match &*kind(node)? {
        "Number" => {
            let known = inner("unknown")?.is_none();
            known && (&*inner("kind")?.extract::<String>()? != "float" || inner("width")?.extract::<u32>()? > 16)
        }
        "Data" => inner("form")?.is_none() && is_plain_length(&inner("length")?)?,
        "Option" => is_plain(&inner("node")?)?,
        "Record" => inner("plan")?.getattr("plain")?.is_truthy()? && inner("parameters")?.len()? == 0,
        "List" => {
            let count = inner("count")?;
            matches!(&*kind(&count)?, "Fixed" | "Computed" | "Rest")
                && is_plain_length(&count)?
                && is_plain(&inner("item")?)?
        }
        _ => false,
    })
}

fn is_plain_length(length: &Object<'_>) -> PyResult<bool> {
    Ok(match &*kind(length)? {
        "Fixed" | "Rest" => true,
        "Computed" => is_plain_expression(&length.getattr("expression")?)?,
        "Until" | "After" => length.getattr("marker")?.is_instance_of::<PyInt>(),
        _ => false,
    })
}

fn is_plain_expression(node: &Object<'_>) -> PyResult<bool> {
    Ok(match &*kind(node)? {
        "Constant" => node.getattr("value")?.extract::<u64>().is_ok(),
        "Ref" => true,
        "Binary" => {
            matches!(&*operator(node)?, "+" | "-" | "*" | "/" | "%")
                && is_plain_expression(&node.getattr("left")?)?
                && is_plain_expression(&node.getattr("right")?)?
        }
        _ => false,
    })
}

/// Whether a node is an integer.
pub(super) fn is_integer(node: &Object<'_>) -> PyResult<bool> {
    Ok(&*kind(node)? == "Number" && &*node.getattr("kind")?.extract::<String>()? == "int")
}
