//! Plans and values in few words, for the tests of writing.

use std::sync::Arc;

use _core::plan::{Expression, Field, Length, Node, Operator, Order, Plan};
use _core::value::{self, Value};

pub const BIG: Order = Order::Big;

pub fn uint(width: u32) -> Node {
    Node::unsigned(width, BIG)
}

pub fn from(index: usize) -> Length {
    Length::Computed(Expression::field(index))
}

pub fn op(operator: char, left: Expression, right: Expression) -> Expression {
    let operator = match operator {
        '+' => Operator::Add,
        '-' => Operator::Subtract,
        '*' => Operator::Multiply,
        '/' => Operator::Divide,
        _ => Operator::Remainder,
    };
    Expression::binary(operator, left, right)
}

pub fn field(index: usize) -> Expression {
    Expression::field(index)
}

pub fn constant(number: u64) -> Expression {
    Expression::Constant(number)
}

pub fn plan(name: &str, fields: Vec<Field>) -> Arc<Plan> {
    Plan::new(name, fields).unwrap()
}

pub fn number(number: u64) -> Value {
    Value::Unsigned(number)
}

pub fn bytes(data: &[u8]) -> Value {
    Value::Bytes(data.to_vec())
}

pub fn record(values: &[Value]) -> Value {
    Value::Record(values.to_vec())
}

pub fn says(plan: &Plan, values: &[Value]) -> String {
    value::encode(plan, &record(values)).unwrap_err().to_string()
}
