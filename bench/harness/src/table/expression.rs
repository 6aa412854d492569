//! Condition expressions and key conditions, evaluated while they are parsed.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>, without
//! `IN`, `size`, `contains` and `begins_with`. Attributes are written `#name` only: a bare name may be a reserved word.

use super::value::{self, Row};
use crate::aws::Refusal;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A condition on the rows of one partition: `#pk = :x`, or `#pk = :x AND #sk BETWEEN :a AND :b`.
#[derive(Debug, PartialEq)]
pub struct KeyCondition {
    pub partition: (String, Value),
    pub range: Option<(String, Value, Value)>,
}

/// Whether the call's `ConditionExpression` holds for a row, or for the lack of one. Without an expression it does.
pub fn holds(call: &Value, row: Option<&Row>) -> Result<bool, Refusal> {
    let Some(mut parser) = Parser::of(call, "ConditionExpression", row)? else {
        return Ok(true);
    };
    let holds = parser.either()?;
    parser.end()?;
    Ok(holds)
}

pub fn key_condition(call: &Value) -> Result<KeyCondition, Refusal> {
    let missing = || {
        Refusal::new(
            "ValidationException",
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
        )
    };
    let mut parser = Parser::of(call, "KeyConditionExpression", None)?.ok_or_else(missing)?;
    let name = parser.name()?;
    parser.expect("=")?;
    let partition = (name, parser.value()?);
    let range = if parser.takes("AND") {
        let name = parser.name()?;
        parser.expect("BETWEEN")?;
        let from = parser.value()?;
        parser.expect("AND")?;
        Some((name, from, parser.value()?))
    } else {
        None
    };
    parser.end()?;
    Ok(KeyCondition { partition, range })
}

struct Parser<'a> {
    parameter: &'static str,
    tokens: Vec<&'a str>,
    at: usize,
    row: Option<&'a Row>,
    call: &'a Value,
    used: BTreeSet<&'a str>,
}

impl<'a> Parser<'a> {
    /// Returns `None` if the call has no such expression, and so no names and values either.
    fn of(call: &'a Value, parameter: &'static str, row: Option<&'a Row>) -> Result<Option<Self>, Refusal> {
        for map in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
            let Some(entries) = call.get(map) else { continue };
            let refused = |why: &str| Err(Refusal::new("ValidationException", format!("{map} {why}")));
            match entries.as_object() {
                None => return refused("is not an object"),
                Some(entries) if entries.is_empty() => return refused("must not be empty"),
                Some(_) if call.get(parameter).is_none() => {
                    return refused("can only be specified when using expressions");
                }
                Some(_) => {}
            }
        }
        let Some(text) = call.get(parameter) else { return Ok(None) };
        let mut parser = Self { parameter, tokens: Vec::new(), at: 0, row, call, used: BTreeSet::new() };
        let text = text.as_str().filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| parser.invalid("The expression can not be empty;"))?;
        parser.tokens = tokens(text).map_err(|from| parser.invalid(&format!("Syntax error; near: {from:?}")))?;
        Ok(Some(parser))
    }

    fn invalid(&self, why: &str) -> Refusal {
        Refusal::new("ValidationException", format!("Invalid {}: {why}", self.parameter))
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(is_next);
        is_next
    }

    fn next(&mut self) -> Result<&'a str, Refusal> {
        let token = self.tokens.get(self.at).copied().ok_or_else(|| self.invalid("Syntax error; it ends too early"))?;
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, word: &str) -> Result<(), Refusal> {
        if self.takes(word) {
            return Ok(());
        }
        let found = self.next()?;
        Err(self.invalid(&format!("Syntax error; {found} where this fake expects {word}")))
    }

    /// Every name and value that the call defines must be in the expression.
    fn end(self) -> Result<(), Refusal> {
        if let Some(token) = self.tokens.get(self.at) {
            return Err(self.invalid(&format!("Syntax error; token: {token}")));
        }
        for map in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
            let unused =
                self.call[map].as_object().into_iter().flatten().find(|(key, _)| !self.used.contains(key.as_str()));
            if let Some((key, _)) = unused {
                let message = format!("Value provided in {map} unused in expressions: keys: {{{key}}}");
                return Err(Refusal::new("ValidationException", message));
            }
        }
        Ok(())
    }

    fn either(&mut self) -> Result<bool, Refusal> {
        let mut holds = self.both()?;
        while self.takes("OR") {
            holds |= self.both()?;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Result<bool, Refusal> {
        let mut holds = self.one()?;
        while self.takes("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, Refusal> {
        if self.takes("NOT") {
            return self.one().map(|holds| !holds);
        }
        if self.takes("(") {
            let holds = self.either()?;
            self.expect(")")?;
            return Ok(holds);
        }
        if self.takes("attribute_exists") {
            return self.attribute().map(|found| found.is_some());
        }
        if self.takes("attribute_not_exists") {
            return self.attribute().map(|found| found.is_none());
        }
        if self.takes("attribute_type") {
            self.expect("(")?;
            let found = self.path()?;
            self.expect(",")?;
            let wanted = self.value()?;
            self.expect(")")?;
            let wanted =
                value::text(&wanted).ok_or_else(|| self.invalid("the type of attribute_type is not a text"))?;
            return Ok(found.as_ref().and_then(value::parts).is_some_and(|(kind, _)| kind == wanted));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<bool, Refusal> {
        let start = self.at;
        let left = self.operand()?;
        if self.takes("BETWEEN") {
            let from = self.operand()?;
            self.expect("AND")?;
            let to = self.operand()?;
            self.check_order(start)?;
            return Ok(
                order(&from, &left).is_some_and(Ordering::is_le) && order(&left, &to).is_some_and(Ordering::is_le)
            );
        }
        let comparator = self.next()?;
        let right = self.operand()?;
        let are_same = left.as_ref().zip(right.as_ref()).is_some_and(|(left, right)| value::same(left, right));
        let is_ordered: fn(Ordering) -> bool = match comparator {
            "=" => return Ok(are_same),
            // Also if there is no such attribute.
            "<>" => return Ok(!are_same),
            "<" => Ordering::is_lt,
            "<=" => Ordering::is_le,
            ">" => Ordering::is_gt,
            ">=" => Ordering::is_ge,
            other => return Err(self.invalid(&format!("Syntax error; token: {other}"))),
        };
        self.check_order(start)?;
        Ok(order(&left, &right).is_some_and(is_ordered))
    }

    /// The values of the comparison from `start` must be of types that have an order.
    fn check_order(&self, start: usize) -> Result<(), Refusal> {
        let values = self.tokens[start..self.at].iter().filter(|token| token.starts_with(':'));
        for token in values {
            let value = &self.call["ExpressionAttributeValues"][*token];
            if !value::parts(value).is_some_and(|(kind, _)| ["S", "N", "B"].contains(&kind)) {
                return Err(self.invalid(&format!("Incorrect operand type for operator or function: {token}")));
            }
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<Option<Value>, Refusal> {
        let is_value = self.tokens.get(self.at).is_some_and(|token| token.starts_with(':'));
        if is_value { self.value().map(Some) } else { self.path() }
    }

    /// An attribute in parentheses.
    fn attribute(&mut self) -> Result<Option<Value>, Refusal> {
        self.expect("(")?;
        let found = self.path()?;
        self.expect(")")?;
        Ok(found)
    }

    /// What the row has at `#name` or `#name.#name`.
    fn path(&mut self) -> Result<Option<Value>, Refusal> {
        let name = self.name()?;
        let mut found = self.row.and_then(|row| row.get(&name)).cloned();
        while self.takes(".") {
            let name = self.name()?;
            found = found.and_then(|value| value.get("M")?.get(&name).cloned());
        }
        Ok(found)
    }

    fn name(&mut self) -> Result<String, Refusal> {
        let token = self.next()?;
        if !token.starts_with('#') {
            return Err(self.invalid(&format!("this fake takes #names only; token: {token}")));
        }
        self.used.insert(token);
        let name = self.call["ExpressionAttributeNames"][token].as_str().map(str::to_owned);
        name.ok_or_else(|| {
            self.invalid(&format!(
                "An expression attribute name used in the document path is not defined; attribute name: {token}"
            ))
        })
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        let token = self.next()?;
        let value = &self.call["ExpressionAttributeValues"][token];
        if !token.starts_with(':') || value.is_null() {
            let why = "An expression attribute value used in expression is not defined; attribute value";
            return Err(self.invalid(&format!("{why}: {token}")));
        }
        self.used.insert(token);
        value::check(value).map_err(|why| self.invalid(&format!("{token}: {why}")))?;
        Ok(value.clone())
    }
}

/// `None` if one is missing or they are of different types.
fn order(one: &Option<Value>, other: &Option<Value>) -> Option<Ordering> {
    value::compare(one.as_ref()?, other.as_ref()?)
}

/// The words and signs of an expression, or the rest from where there is neither.
fn tokens(text: &str) -> Result<Vec<&str>, &str> {
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let word = rest.strip_prefix(['#', ':']).unwrap_or(rest);
        let length = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
        let length = match rest.get(..2) {
            _ if length > 0 => rest.len() - word.len() + length,
            Some("<>" | "<=" | ">=") => 2,
            _ if rest.starts_with(['(', ')', ',', '=', '<', '>', '.']) => 1,
            _ => return Err(rest),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests;
