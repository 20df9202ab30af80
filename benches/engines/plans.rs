//! The Rust core of this package on the scenarios: plans, values and work, made of their JSON forms.
//!
//! The plans come from Python, where they were compiled, so that both measure the same layouts.

use std::sync::Arc;

use _core::error::Wide;
use _core::plan::{Expression, Field, Kind, Length, Node, Operator, Order, Plan, Table};
use _core::tape::Tape;
use _core::value::{self, Value};
use serde_json::Value as Json;

use crate::scenario::{self, Reusing, Scenario, Task, Work};

/// A scenario on the core.
pub fn work(scenario: &Scenario) -> Box<dyn Work> {
    let plan = plan(&scenario.plan);
    let decoded = Arc::clone(&plan);
    Box::new(Task {
        operation: scenario.operation.clone(),
        values: scenario.values.iter().map(|json| record(&plan, json)).collect(),
        data: scenario.data.clone(),
        encode: move |value: &Value| value::encode(&plan, value).map_err(|error| error.to_string()),
        decode: move |data: &[u8]| value::decode(&decoded, data).map_err(|error| error.to_string()),
    })
}

/// The same with memory that is used again: records are on tapes, decoding goes onto one, encoding into one buffer.
pub fn work_reusing(scenario: &Scenario) -> Box<dyn Work> {
    let plan = plan(&scenario.plan);
    let data = scenario.data.clone();
    match scenario.operation.as_str() {
        "decode" => {
            let values = scenario.values.iter().map(|json| record(&plan, json)).collect();
            Box::new(Taping { plan, values, data })
        }
        "encode" => Box::new(Reusing {
            values: data.iter().map(|data| (taped(&plan, data), data.clone())).collect(),
            data,
            encode: move |(tape, data): &(Tape, Vec<u8>), out: &mut Vec<u8>| tape.encode(&plan, data, out),
        }),
        _ => work(scenario),
    }
}

fn taped(plan: &Plan, data: &[u8]) -> Tape {
    let mut tape = Tape::new();
    tape.decode(plan, data).expect("the bytes of a record");
    tape
}

/// Decoding onto a tape.
struct Taping {
    plan: Arc<Plan>,
    values: Vec<Value>,
    data: Vec<Vec<u8>>,
}

impl Work for Taping {
    fn failures(&self) -> Vec<String> {
        let mut tape = Tape::new();
        let mut failures = Vec::new();
        for (number, (value, data)) in self.values.iter().zip(&self.data).enumerate() {
            match tape.decode(&self.plan, data) {
                Ok(()) if tape.value(&self.plan, data).as_ref() == Some(value) => {}
                Ok(()) => failures.push(format!("input {number}: {:?} instead of {value:?}", tape.words())),
                Err(error) => failures.push(format!("input {number}: {error}")),
            }
        }
        failures
    }

    fn run(&self, operations: usize) {
        let mut tape = Tape::new();
        scenario::measured(&self.data, operations, |data| {
            let done = tape.decode(&self.plan, data);
            std::hint::black_box(&tape);
            done
        });
    }
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json[name].as_str().expect("a text")
}

fn number(json: &Json, name: &str) -> u64 {
    json[name].as_u64().expect("a number")
}

fn truth(json: &Json, name: &str) -> bool {
    json[name].as_bool().expect("a bool")
}

fn plan(json: &Json) -> Arc<Plan> {
    let fields = json["ops"].as_array().expect("a list of ops").iter().map(|op| {
        let field = Field::new(text(op, "name"), node(&op["node"]));
        match text(op, "derived") {
            "" => field,
            "here" => field.derived_here(),
            _ => field.derived_outer(),
        }
    });
    Plan::new(text(json, "name"), fields.collect()).expect("a plan that Python has checked")
}

fn node(json: &Json) -> Node {
    match text(json, "is") {
        "Number" => {
            let order = if truth(json, "little") { Order::Little } else { Order::Big };
            let width = u32::try_from(number(json, "width")).expect("a width");
            let kind = match text(json, "kind") {
                "int" => Kind::Integer,
                "bool" => Kind::Bool,
                "char" => Kind::Char,
                "float" => Kind::Float,
                "enum" => Kind::Enum(table(&json["table"])),
                _ => Kind::Flags(table(&json["table"])),
            };
            Node::number(kind, width, truth(json, "signed"), order)
        }
        "Data" if truth(json, "text") => Node::text(length(&json["length"])),
        "Data" => Node::bytes(length(&json["length"])),
        "Option" => Node::option(node(&json["node"])),
        "Record" => Node::record(&plan(&json["plan"])),
        _ => Node::list(length(&json["count"]), node(&json["item"])),
    }
}

fn table(json: &Json) -> Arc<Table> {
    let values =
        json["values"].as_array().expect("a list of values").iter().map(|value| value.as_i64().expect("a number"));
    if truth(json, "flags") {
        Table::flags(text(json, "name"), 0, values.map(|value| u128::try_from(value).expect("a flag")).collect())
    } else {
        Table::members(text(json, "name"), 0, values.map(Wide::from).collect())
    }
}

fn length(json: &Json) -> Length {
    let marker = || u8::try_from(number(json, "marker")).expect("a byte");
    match text(json, "is") {
        "Fixed" => Length::Fixed(number(json, "value")),
        "Computed" => Length::Computed(expression(&json["expression"])),
        "Rest" => Length::Rest,
        "Until" => Length::Until { marker: marker(), open: truth(json, "open") },
        _ => Length::After { marker: marker() },
    }
}

fn expression(json: &Json) -> Expression {
    match text(json, "is") {
        "Constant" => Expression::Constant(number(json, "value")),
        "Ref" => {
            let steps = json["path"].as_array().expect("a path").iter();
            Expression::Ref(
                steps.map(|step| step.as_u64().and_then(|step| step.try_into().ok()).expect("an index")).collect(),
            )
        }
        _ => {
            let operator = match text(json, "operator") {
                "+" => Operator::Add,
                "-" => Operator::Subtract,
                "*" => Operator::Multiply,
                "/" => Operator::Divide,
                _ => Operator::Remainder,
            };
            Expression::binary(operator, expression(&json["left"]), expression(&json["right"]))
        }
    }
}

fn record(plan: &Plan, json: &Json) -> Value {
    let values = json.as_array().expect("a list of fields");
    Value::Record(plan.fields().iter().zip(values).map(|(field, json)| given(&field.node, json)).collect())
}

fn given(node: &Node, json: &Json) -> Value {
    match node {
        Node::Number(number) => match number.kind {
            Kind::Integer if number.signed => Value::Signed(json.as_i64().expect("a number of at most 64 bits")),
            Kind::Integer => Value::Unsigned(json.as_u64().expect("a number of at most 64 bits")),
            Kind::Bool => Value::Bool(json.as_bool().expect("a bool")),
            Kind::Char => Value::Char(json.as_str().and_then(|text| text.chars().next()).expect("a char")),
            Kind::Float => Value::Float(scenario::double(json)),
            Kind::Enum(_) => Value::Member(Wide::from(json.as_i64().expect("a number of at most 64 bits"))),
            Kind::Flags(_) => Value::Flags(json.as_u64().expect("a number of at most 64 bits").into()),
        },
        Node::Data { text: true, .. } => Value::Text(json.as_str().expect("a text").to_owned()),
        Node::Data { .. } => Value::Bytes(scenario::bytes(json)),
        Node::Option(_) if json.is_null() => Value::None,
        Node::Option(node) => given(node, json),
        Node::Record(plan) => record(plan, json),
        Node::List { item, .. } => {
            Value::List(json.as_array().expect("a list").iter().map(|json| given(item, json)).collect())
        }
    }
}
