//! The vectors in `tests/vectors/`, made by running the Rust crate `bebytes` 3.0.3, against the core.
//!
//! `schemas.json` becomes plans, one a byte order; each line of `vectors.jsonl` is run and compared.
//! Lines that show behaviour which we do not share are held against ours instead, by the rule that [`Rule`] names.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use _core::error::{Error, ErrorKind, Step, Wide};
use _core::plan::{Expression, Field, Kind, Length, Node, Operator, Order, Plan, Table};
use _core::tape::Tape;
use _core::value::{self, Value};
use serde_json::Value as Json;

/// Where we differ from the crate, or where its line cannot be compared as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// No difference: same bytes, same values, same kind of error.
    Same,
    /// A value too wide for its bits is `OutOfRange`.
    TooWide,
    /// A value whose length is not the declared one is `LengthMismatch`.
    Length,
    /// A marker inside marked data is `MarkerInData`.
    Marker,
    /// Signed bit fields are sign-extended, at every width; reading gives what was written.
    Signed,
    /// Nested structs whose length is only known at run time, and empty encodings, can be read back.
    Readable,
    /// The byte order declared on a field is honoured.
    Order,
    /// Bits, a byte field, more bits: such a class is refused.
    SplitGroup,
    /// A list with a count holds that many items, also as the last field and when the input ends early.
    Count,
    /// An item of a rest list that is cut short is an error.
    CutItem,
    /// Short input for data of fixed size is `InsufficientData`.
    Short,
    /// A negative size is `InvalidSize`.
    Size,
    /// A union of flags is valid.
    Union,
    /// An invalid char in a bit field is `InvalidChar`.
    CharBits,
    /// A bool in an option is 0 or 1.
    OptionBool,
    /// Empty input for a struct that may be empty is the empty value.
    EmptyValue,
    /// Empty input is `EmptyBuffer` for an enum as well, and a nested struct without bytes is its first field's error.
    EmptyInput,
}

#[test]
fn every_line() {
    let schemas = json(include_str!("vectors/schemas.json"));
    let types = &schemas["types"];
    let mut counts = BTreeMap::new();
    for text in include_str!("vectors/vectors.jsonl").lines() {
        let line = json(text);
        let rule = rule(types, &line);
        *counts.entry(rule).or_insert(0) += 1;
        for order in orders(&line) {
            let plan = Schema { types, order }.plan(string(&line["type"]));
            match plan {
                Some(plan) => check(types, &line, rule, order, &plan),
                None => assert_eq!(rule, Rule::SplitGroup, "{line}"),
            }
        }
    }
    assert_eq!(counts.values().sum::<usize>(), 2162);
    let rules: BTreeSet<_> = counts.keys().copied().collect();
    assert_eq!(rules.len(), 17, "each rule has its lines: {counts:?}");
}

/// The byte orders that a line is about.
fn orders(line: &Json) -> Vec<Order> {
    match line["endian"].as_str() {
        Some("be") => vec![Order::Big],
        Some("le") => vec![Order::Little],
        _ => vec![Order::Big, Order::Little],
    }
}

fn rule(types: &Json, line: &Json) -> Rule {
    let (kind, name) = (string(&line["kind"]), string(&line["type"]));
    let reads = kind.starts_with("decode");
    match line["quirk"].as_str().unwrap_or_default() {
        _ if name == "SplitGroup" => return Rule::SplitGroup,
        "narrow-bits-overflow-masked" | "wide-bits-overflow-panics" => return Rule::TooWide,
        "count-mismatch-written-as-is"
        | "fixed-bytes-length-unchecked"
        | "fixed-list-length-unchecked"
        | "size-expr-mismatch-panics"
        | "fixed-string-mismatch-panics" => return Rule::Length,
        "marker-in-data-unchecked" => return Rule::Marker,
        "signed-bits-no-sign-extension" | "signed-full-width-bits-panic-on-nonnegative" => return Rule::Signed,
        "nested-dynamic-string-undecodable"
        | "nested-marker-undecodable"
        | "nested-size-expr-undecodable"
        | "empty-encoding-undecodable" => return Rule::Readable,
        "field-endian-ignored" => return Rule::Order,
        "last-list-ignores-count" if reads => return Rule::Count,
        "upstream-panics-on-decode" if string(&line["tag"]) == "size-underflow" => return Rule::Size,
        "upstream-panics-on-decode" => return Rule::Short,
        _ => {}
    }
    if reads { unmarked(types, line, name) } else { Rule::Same }
}

/// The rule of a line that is read, where the crate's behaviour is not marked as a quirk.
fn unmarked(types: &Json, line: &Json, name: &str) -> Rule {
    let (error, input) = (&line["error"], hex(string(&line["decode"])));
    let empty = error["variant"] == "EmptyBuffer";
    let table = &types[error["type_name"].as_str().unwrap_or_default()];
    let union = table["flags"] == true && {
        let variants = table["variants"].as_array().unwrap().iter();
        let all = variants.fold(0, |all, variant| all | variant["wire"].as_u64().unwrap());
        error["value"].as_u64().unwrap() & !all == 0
    };
    match name {
        "Empty" | "DnsName" if input.is_empty() => Rule::EmptyValue,
        "DnsName" if Naive::new(types, Order::Big, &input).record(name).is_err() => Rule::CutItem,
        "CharBits" if error["type_name"] == "char" => Rule::CharBits,
        "Options" if matches!(input.get(10..12), Some([1, 2..=255])) => Rule::OptionBool,
        _ if empty != input.is_empty() => Rule::EmptyInput,
        _ if union => Rule::Union,
        _ => Rule::Same,
    }
}

/// What is read off a tape.
fn taped(plan: &Plan, data: &[u8]) -> Value {
    let mut tape = Tape::new();
    tape.decode(plan, data).unwrap();
    tape.value(plan, data).unwrap()
}

fn check(types: &Json, line: &Json, rule: Rule, order: Order, plan: &Plan) {
    let schema = Schema { types, order };
    let name = string(&line["type"]);
    let key = if order == Order::Big { "be" } else { "le" };
    let given = || schema.wrapped(name, &line["value"]);
    let input = line["decode"].as_str().map(hex);
    match (string(&line["kind"]), rule) {
        ("encode_error" | "encode" | "roundtrip", Rule::TooWide | Rule::Length | Rule::Marker) => {
            let error = value::encode(plan, &given()).expect_err(&line.to_string());
            assert_eq!(error.kind().class(), refusal(rule), "{line}");
            let field = string(&line["tag"]).rsplit('-').next().unwrap();
            assert!(error.path().contains(&Step::Name(field.into())), "{line}: {error}");
        }
        ("roundtrip" | "encode", Rule::Order) => {
            let bytes = value::encode(plan, &given()).unwrap();
            assert_eq!(bytes, mixed_endian(&line["value"], order), "{line}");
            assert_eq!(value::decode(plan, &bytes).unwrap(), given(), "{line}");
        }
        ("roundtrip" | "encode", _) => {
            let bytes = value::encode(plan, &given()).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(bytes, hex(string(&line[key])), "{line}");
            if string(&line["kind"]) == "roundtrip" || rule != Rule::Same {
                let whole = value::decode(plan, &bytes).unwrap_or_else(|error| panic!("{line}: {error}"));
                assert!(same(&whole, &given()), "{line}: {whole:?}");
                assert!(same(&taped(plan, &bytes), &given()), "{line}");
            }
        }
        ("encode_error", Rule::Signed) => {
            let bytes = value::encode(plan, &given()).unwrap();
            assert_eq!(value::decode(plan, &bytes).unwrap(), given(), "{line}");
        }
        ("decode", Rule::Same | Rule::Signed) => {
            let read = value::decode_prefix(plan, &input.unwrap());
            let (value, consumed) = read.unwrap_or_else(|error| panic!("{line}: {error}"));
            let expected = if rule == Rule::Signed { extended(types, name, given()) } else { given() };
            assert!(same(&taped(plan, &hex(string(&line["decode"]))[..consumed]), &expected), "{line}");
            assert!(same(&value, &expected), "{line}: {value:?}");
            assert_eq!(consumed as u64, line["consumed"].as_u64().unwrap(), "{line}");
        }
        ("decode_error", Rule::Same | Rule::Signed) => {
            let error = value::decode_prefix(plan, &input.unwrap()).expect_err(&line.to_string());
            assert!(same_error(&error, &line["error"]), "{line}: {error:?}");
        }
        (_, Rule::Readable | Rule::Order | Rule::Count | Rule::CutItem | Rule::EmptyValue) => {
            let input = input.unwrap();
            let expected = Naive::new(types, order, &input).whole(name);
            let read = value::decode_prefix(plan, &input).map_err(|error| error.kind().class());
            assert_eq!(read, expected, "{line}");
        }
        (_, Rule::Union) => {
            let input = input.unwrap();
            let (value, consumed) = value::decode_prefix(plan, &input).unwrap();
            assert_eq!(value::encode(plan, &value).unwrap(), input[..consumed], "{line}");
        }
        (_, rule) => {
            let error = value::decode_prefix(plan, input.as_ref().unwrap()).expect_err(&line.to_string());
            let class = match rule {
                Rule::Size => "InvalidSize",
                Rule::CharBits => "InvalidChar",
                Rule::OptionBool => "InvalidDiscriminant",
                Rule::EmptyInput if input.unwrap().is_empty() => "EmptyBuffer",
                Rule::EmptyInput | Rule::Short => "InsufficientData",
                _ => panic!("{line}: nothing checks {rule:?}"),
            };
            assert_eq!(error.kind().class(), class, "{line}");
        }
    }
}

/// A record whose signed bit fields the crate read without their sign.
fn extended(types: &Json, name: &str, value: Value) -> Value {
    let Value::Record(values) = value else { panic!("{name} is no struct") };
    let one = |(field, value): (&Json, Value)| match value {
        Value::Signed(number) => {
            let unused = 64 - field["bits"].as_u64().unwrap();
            Value::Signed(number << unused >> unused)
        }
        _ => value,
    };
    Value::Record(types[name]["fields"].as_array().unwrap().iter().zip(values).map(one).collect())
}

/// Reads types without bit fields one field at a time, straight from the schema: what we do where the crate does not.
struct Naive<'a> {
    types: &'a Json,
    order: Order,
    data: &'a [u8],
    at: usize,
}

impl<'a> Naive<'a> {
    fn new(types: &'a Json, order: Order, data: &'a [u8]) -> Self {
        Self { types, order, data, at: 0 }
    }

    fn whole(mut self, name: &str) -> Result<(Value, usize), &'static str> {
        if self.data.is_empty() && name != "Empty" && name != "DnsName" {
            return Err("EmptyBuffer");
        }
        let value = self.record(name)?;
        Ok((value, self.at))
    }

    fn record(&mut self, name: &str) -> Result<Value, &'static str> {
        let mut values = Vec::new();
        let mut numbers = BTreeMap::new();
        for field in self.types[name]["fields"].as_array().unwrap() {
            let value = self.field(field, &numbers)?;
            if let Some(number) = value.integer().and_then(Wide::size) {
                numbers.insert(string(&field["name"]), usize::try_from(number).unwrap());
            }
            values.push(value);
        }
        Ok(Value::Record(values))
    }

    fn field(&mut self, field: &Json, numbers: &BTreeMap<&str, usize>) -> Result<Value, &'static str> {
        let (kind, rest) = string(&field["type"]).split_once(':').unwrap_or((string(&field["type"]), ""));
        let size = match (field["size_from"].as_str(), field["size_expr"].as_str()) {
            (Some(name), _) => Some(numbers[name]),
            (_, Some("n * 4")) => Some(numbers["n"] * 4),
            (_, Some(text)) => panic!("{text}: not in the types that are read here"),
            _ => None,
        };
        match kind {
            "struct" => self.record(rest),
            "list" => {
                let mut items = Vec::new();
                while size.map_or(self.at < self.data.len(), |size| items.len() < size) {
                    items.push(match string(&self.types[rest]["kind"]) {
                        "enum" => self.member(rest)?,
                        _ => self.record(rest)?,
                    });
                }
                Ok(Value::List(items))
            }
            "bytes" | "string" => {
                let bytes = match (size, field["until"].as_u64()) {
                    (Some(size), _) => self.take(size)?.to_vec(),
                    (_, Some(marker)) => {
                        let left = &self.data[self.at..];
                        let found = left.iter().position(|byte| u64::from(*byte) == marker);
                        let bytes = &left[..found.ok_or("MarkerNotFound")?];
                        self.at += bytes.len() + 1;
                        bytes.to_vec()
                    }
                    _ => panic!("{field}: not in the types that are read here"),
                };
                if kind == "bytes" {
                    return Ok(Value::Bytes(bytes));
                }
                String::from_utf8(bytes).map(Value::Text).map_err(|_| "InvalidUtf8")
            }
            _ => {
                let order = match field["endian"].as_str() {
                    Some("big") => Order::Big,
                    Some("little") => Order::Little,
                    _ => self.order,
                };
                let bytes = self.take(kind[1..].parse::<usize>().unwrap() / 8)?;
                let shift = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
                Ok(Value::Unsigned(match order {
                    Order::Big => bytes.iter().fold(0, shift),
                    Order::Little => bytes.iter().rev().fold(0, shift),
                }))
            }
        }
    }

    fn member(&mut self, name: &str) -> Result<Value, &'static str> {
        let wire = u64::from(self.take(1)?[0]);
        let mut variants = self.types[name]["variants"].as_array().unwrap().iter();
        let found = variants.any(|variant| variant["wire"].as_u64() == Some(wire));
        if found { Ok(Value::Member(wire.into())) } else { Err("InvalidDiscriminant") }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], &'static str> {
        let bytes = self.data[self.at..].get(..count).ok_or("InsufficientData")?;
        self.at += count;
        Ok(bytes)
    }
}

/// The class of the error that a value is refused with.
fn refusal(rule: Rule) -> &'static str {
    match rule {
        Rule::TooWide => "OutOfRange",
        Rule::Length => "LengthMismatch",
        _ => "MarkerInData",
    }
}

/// The bytes of the one type whose fields have orders of their own: `a`, then `b` always little, `c` always big.
fn mixed_endian(value: &Json, order: Order) -> Vec<u8> {
    let number = |name: &str| value[name].as_u64().unwrap();
    let a = u32::try_from(number("a")).unwrap();
    let mut bytes = if order == Order::Big { a.to_be_bytes() } else { a.to_le_bytes() }.to_vec();
    bytes.extend(u16::try_from(number("b")).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(number("c")).unwrap().to_be_bytes());
    bytes
}

/// The same kind of error; the crate's figures count, except those about lengths.
fn same_error(error: &Error, theirs: &Json) -> bool {
    let variant = string(&theirs["variant"]).trim_end_matches("Large");
    let figures = match error.kind() {
        ErrorKind::InvalidDiscriminant { value, type_name } => {
            theirs["value"].as_u64().map(Wide::from) == Some(*value) && **type_name == *string(&theirs["type_name"])
        }
        ErrorKind::MarkerNotFound { marker } => Some(u64::from(*marker)) == theirs["marker"].as_u64(),
        _ => true,
    };
    error.kind().class() == variant && figures
}

/// Equal values; a NaN equals a NaN.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
        }
        (Value::Record(left), Value::Record(right)) | (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => left == right,
    }
}

/// The types of the vectors, for one byte order.
#[derive(Clone, Copy)]
struct Schema<'a> {
    types: &'a Json,
    order: Order,
}

impl Schema<'_> {
    /// The plan of a type; an enum is a struct of one field. `None` where the class would be refused.
    fn plan(self, name: &str) -> Option<Arc<Plan>> {
        let schema = &self.types[name];
        if string(&schema["kind"]) == "enum" {
            return Some(Plan::new(name, vec![Field::new("value", self.table(name))]).unwrap());
        }
        let fields = schema["fields"].as_array().unwrap();
        let mut bits = 0;
        let mut compiled = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            // A field without bits stands on a byte boundary, also where it is a plain number.
            if field["bits"].is_null() && bits % 8 != 0 {
                return None;
            }
            bits += field["bits"].as_u64().unwrap_or(0);
            let last = index + 1 == fields.len();
            compiled.push(Field::new(string(&field["name"]), self.node(field, fields, last)?));
        }
        Some(Plan::new(name, compiled).unwrap_or_else(|error| panic!("{name}: {error}")))
    }

    fn table(self, name: &str) -> Node {
        let schema = &self.types[name];
        let wires = || schema["variants"].as_array().unwrap().iter().map(|variant| variant["wire"].as_u64().unwrap());
        let table = if schema["flags"].as_bool().unwrap() {
            Table::flags(name, 0, wires().map(u128::from).collect())
        } else {
            Table::members(name, 0, wires().map(Wide::from).collect())
        };
        let bytes = u32::try_from(schema["wire_bytes"].as_u64().unwrap()).unwrap();
        Node::table(&table, 8 * bytes, self.order)
    }

    fn node(self, field: &Json, fields: &[Json], last: bool) -> Option<Node> {
        let this = match field["endian"].as_str() {
            Some("big") => Self { order: Order::Big, ..self },
            Some("little") => Self { order: Order::Little, ..self },
            _ => self,
        };
        let length = this.length(field, fields, last);
        let (kind, rest) = string(&field["type"]).split_once(':').unwrap_or((string(&field["type"]), ""));
        Some(match kind {
            "bytes" => Node::bytes(length),
            "string" => Node::text(length),
            "array" => Node::bytes(Length::Fixed(rest.parse().unwrap())),
            "option" => Node::option(match rest.strip_prefix("array:") {
                Some(count) => Node::bytes(Length::Fixed(count.parse().unwrap())),
                None => this.scalar(rest, None),
            }),
            "struct" => Node::record(&this.plan(rest)?),
            "enum" => this.table(rest),
            "list" => {
                let item = if string(&this.types[rest]["kind"]) == "enum" {
                    this.table(rest)
                } else {
                    Node::record(&this.plan(rest)?)
                };
                Node::list(length, item)
            }
            "list_of_bytes" => {
                let marker = u8::try_from(field["until"].as_u64().unwrap()).unwrap();
                let count = Length::Computed(path(string(&field["size_from"]), fields, this.types));
                Node::list(count, Node::bytes(Length::Until { marker, open: false }))
            }
            _ => this.scalar(kind, field["bits"].as_u64()),
        })
    }

    fn scalar(self, name: &str, bits: Option<u64>) -> Node {
        let (kind, signed, full) = match name {
            "bool" => (Kind::Bool, false, 8),
            "char" => (Kind::Char, false, 32),
            "f32" => (Kind::Float, true, 32),
            "f64" => (Kind::Float, true, 64),
            _ => (Kind::Integer, name.starts_with('i'), name[1..].parse().unwrap()),
        };
        Node::number(kind, bits.map_or(full, |bits| u32::try_from(bits).unwrap()), signed, self.order)
    }

    fn length(self, field: &Json, fields: &[Json], last: bool) -> Length {
        let marker = |key: &str| field[key].as_u64().map(|marker| u8::try_from(marker).unwrap());
        if let Some(size) = field["size"].as_u64() {
            Length::Fixed(size)
        } else if let Some(name) = field["size_from"].as_str() {
            Length::Computed(path(name, fields, self.types))
        } else if let Some(text) = field["size_expr"].as_str() {
            Length::Computed(Parser { tokens: tokens(text), fields, types: self.types }.sum())
        } else if let Some(marker) = marker("until") {
            // The vectors' nested types with a marker have it in the middle, so last is last in the outermost.
            Length::Until { marker, open: last }
        } else if let Some(marker) = marker("after") {
            Length::After { marker }
        } else {
            Length::Rest
        }
    }

    /// A value of the type as the plan takes it.
    fn wrapped(self, name: &str, json: &Json) -> Value {
        if string(&self.types[name]["kind"]) == "enum" {
            return Value::Record(vec![self.value(&format!("enum:{name}"), json)]);
        }
        self.value(&format!("struct:{name}"), json)
    }

    fn value(self, name: &str, json: &Json) -> Value {
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        let items = || json.as_array().unwrap().iter();
        match kind {
            "bytes" | "array" => Value::Bytes(hex(string(json))),
            "string" => Value::Text(string(json).to_owned()),
            "char" => Value::Char(string(json).chars().next().unwrap()),
            "bool" => Value::Bool(json.as_bool().unwrap()),
            "option" if json.is_null() => Value::None,
            "option" => self.value(rest, json),
            "struct" => {
                let fields = self.types[rest]["fields"].as_array().unwrap();
                let one = |field: &Json| self.value(string(&field["type"]), &json[string(&field["name"])]);
                Value::Record(fields.iter().map(one).collect())
            }
            "enum" => {
                let variants = self.types[rest]["variants"].as_array().unwrap();
                let wire = variants.iter().find(|variant| variant["name"] == *json).unwrap()["wire"].as_u64().unwrap();
                match self.types[rest]["flags"].as_bool() {
                    Some(true) => Value::Flags(wire.into()),
                    _ => Value::Member(wire.into()),
                }
            }
            "list" => {
                let sort = string(&self.types[rest]["kind"]);
                Value::List(items().map(|item| self.value(&format!("{sort}:{rest}"), item)).collect())
            }
            "list_of_bytes" => Value::List(items().map(|item| self.value("bytes", item)).collect()),
            "f32" | "f64" => Value::Float(match json.as_str() {
                Some("NaN") => f64::NAN,
                Some("Infinity") => f64::INFINITY,
                Some(_) => f64::NEG_INFINITY,
                None => json.to_string().parse().unwrap(),
            }),
            "i128" => Value::SignedWide(json.to_string().parse().unwrap()),
            "u128" if name == "u128" => Value::UnsignedWide(json.to_string().parse().unwrap()),
            _ if kind.starts_with('i') => Value::Signed(json.to_string().parse().unwrap()),
            _ => Value::Unsigned(json.to_string().parse().unwrap()),
        }
    }
}

/// A dotted name as a reference.
fn path(name: &str, fields: &[Json], types: &Json) -> Expression {
    let mut fields = fields;
    let mut path = Vec::new();
    for step in name.split('.') {
        let at = fields.iter().position(|field| string(&field["name"]) == step).unwrap();
        path.push(at);
        if let Some(nested) = string(&fields[at]["type"]).strip_prefix("struct:") {
            fields = types[nested]["fields"].as_array().unwrap();
        }
    }
    Expression::Ref(path)
}

/// Reads the size expressions of the vectors.
struct Parser<'a> {
    /// From the last to the first.
    tokens: Vec<String>,
    fields: &'a [Json],
    types: &'a Json,
}

impl Parser<'_> {
    fn sum(&mut self) -> Expression {
        let mut left = self.product();
        while let Some(operator) = self.operator(&[("+", Operator::Add), ("-", Operator::Subtract)]) {
            left = Expression::binary(operator, left, self.product());
        }
        left
    }

    fn product(&mut self) -> Expression {
        let mut left = self.atom();
        let operators = [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];
        while let Some(operator) = self.operator(&operators) {
            left = Expression::binary(operator, left, self.atom());
        }
        left
    }

    fn atom(&mut self) -> Expression {
        let token = self.tokens.pop().unwrap();
        if token == "(" {
            let inner = self.sum();
            assert_eq!(self.tokens.pop().unwrap(), ")");
            return inner;
        }
        token.parse().map_or_else(|_| path(&token, self.fields, self.types), Expression::Constant)
    }

    fn operator(&mut self, among: &[(&str, Operator)]) -> Option<Operator> {
        let next = self.tokens.last()?;
        let found = among.iter().find(|(text, _)| text == next)?.1;
        self.tokens.pop();
        Some(found)
    }
}

fn tokens(text: &str) -> Vec<String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced.split_whitespace().rev().map(str::to_owned).collect()
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn string(json: &Json) -> &str {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}"))
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}
