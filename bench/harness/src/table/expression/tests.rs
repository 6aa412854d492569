use super::*;
use serde_json::json;

fn call(parameter: &str, text: &str) -> Value {
    let names = ["pk", "state", "lease", "none", "done", "map"];
    let values = json!({":claimed": {"S": "claimed"}, ":now": {"N": "100"}, ":later": {"N": "1000"}, ":type": {"S": "N"},
        ":yes": {"BOOL": true}});
    // Only what is used: the rest would be refused.
    let is_used = |key: &str| tokens(text).is_ok_and(|all| all.contains(&key));
    let names: Row =
        names.map(|name| (format!("#{name}"), json!(name))).into_iter().filter(|(key, _)| is_used(key)).collect();
    let values: Row = values
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| is_used(key))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let mut call = json!({parameter: text});
    for (name, map) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
        if !map.is_empty() {
            call[name] = Value::Object(map);
        }
    }
    call
}

#[test]
fn conditions_are_evaluated_over_a_row() {
    let row = json!({"pk": {"S": "a"}, "state": {"S": "claimed"}, "lease": {"N": "99.5"}, "done": {"BOOL": true},
        "map": {"M": {"pk": {"S": "claimed"}}}});
    let row = row.as_object();
    for (text, wanted) in [
        ("attribute_exists(#pk)", true),
        ("attribute_not_exists(#pk)", false),
        ("attribute_not_exists( #none )", true),
        ("attribute_type(#lease, :type)", true),
        ("NOT attribute_type(#state, :type)", true),
        ("#state = :claimed AND #lease < :now", true),
        ("#state <> :claimed OR #lease >= :now", false),
        ("#lease > :now OR #lease <= :now AND #done = :yes", true),
        ("(#lease > :now OR #lease <= :now) AND NOT #done = :yes", false),
        ("#lease BETWEEN :now AND :later", false),
        (":now BETWEEN #lease AND :later", true),
        ("#none = :now or #none < :now", false),
        ("#none <> :now", true),
        ("#state < :now", false),
        ("#map.#pk = :claimed and attribute_not_exists(#map.#none)", true),
    ] {
        assert_eq!(holds(&call("ConditionExpression", text), row).ok(), Some(wanted), "{text}");
    }
    assert!(!holds(&call("ConditionExpression", "#state = :claimed"), None).unwrap());
    assert!(holds(&json!({}), None).unwrap());
}

#[test]
fn what_dynamodb_refuses_is_refused() {
    for (text, why) in [
        ("", "empty"),
        ("#pk", "too early"),
        ("#pk = ", "too early"),
        ("#pk = :claimed)", "token: )"),
        ("(#pk = :claimed", "too early"),
        ("#pk == :claimed", "this fake takes #names only"),
        ("pk = :claimed", "#names only"),
        ("#unknown = :claimed", "#unknown"),
        ("#pk = :unknown", ":unknown"),
        ("#done < :yes", "Incorrect operand type"),
        ("#pk = :claimed ; #pk", "near: \"; #pk\""),
        ("size(#pk) > :now", "#names only"),
    ] {
        let refusal = holds(&call("ConditionExpression", text), None).expect_err(text).to_string();
        assert!(refusal.starts_with("ValidationException") && refusal.contains(why), "{text}: {refusal}");
    }
    let mut unused = call("ConditionExpression", "#pk = :claimed");
    unused["ExpressionAttributeValues"][":more"] = json!({"S": ""});
    assert!(holds(&unused, None).expect_err("unused").to_string().contains("unused in expressions: keys: {:more}"));
    unused = json!({"ExpressionAttributeNames": {"#pk": "pk"}});
    assert!(holds(&unused, None).expect_err("no expression").to_string().contains("only be specified when using"));
}

#[test]
fn a_key_condition_names_a_partition_and_perhaps_a_range() {
    let number = |text: &str| json!({"N": text});
    let partition = ("state".to_owned(), json!({"S": "claimed"}));
    let found = key_condition(&call("KeyConditionExpression", "#state = :claimed")).ok();
    assert_eq!(found, Some(KeyCondition { partition: partition.clone(), range: None }));
    let text = "#state = :claimed AND #lease BETWEEN :now AND :later";
    let range = Some(("lease".to_owned(), number("100"), number("1000")));
    assert_eq!(key_condition(&call("KeyConditionExpression", text)).ok(), Some(KeyCondition { partition, range }));
    for text in ["#pk < :now", "#pk = :now OR #state = :claimed", "#pk = :now AND #lease > :now"] {
        assert!(key_condition(&call("KeyConditionExpression", text)).is_err(), "{text}");
    }
    assert!(key_condition(&json!({})).is_err());
}
