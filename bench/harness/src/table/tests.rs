use super::*;

fn row(pk: &str, sk: &str, rev: u32) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}, "rev": {"N": rev.to_string()}})
}

fn put(row: Value) -> Value {
    json!({"TableName": NAME, "Item": row})
}

/// A put that holds only if the row has that revision, or if there is none.
fn put_over(row: Value, rev: Option<u32>) -> Value {
    let mut put = put(row);
    put["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    match rev {
        Some(rev) => {
            put["ConditionExpression"] = json!("#rev = :rev");
            put["ExpressionAttributeNames"] = json!({"#rev": "rev"});
            put["ExpressionAttributeValues"] = json!({":rev": {"N": rev.to_string()}});
        }
        None => {
            put["ConditionExpression"] = json!("attribute_not_exists(#pk)");
            put["ExpressionAttributeNames"] = json!({"#pk": "pk"});
        }
    }
    put
}

fn get(table: &mut Table, pk: &str, sk: &str) -> Value {
    let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    table.answer("GetItem", &json!({"TableName": NAME, "Key": key})).unwrap()["Item"].clone()
}

#[test]
fn a_row_is_written_only_if_its_condition_holds() {
    let mut table = Table::default();
    table.answer("PutItem", &put_over(row("a", "b", 1), None)).unwrap();
    let refusal = table.answer("PutItem", &put_over(row("a", "b", 2), None)).unwrap_err();
    assert!(refusal.to_string().starts_with("ConditionalCheckFailedException"), "{refusal}");
    assert_eq!(refusal.fields()["Item"], row("a", "b", 1));
    table.answer("PutItem", &put_over(row("a", "b", 2), Some(1))).unwrap();
    assert_eq!(get(&mut table, "a", "b"), row("a", "b", 2));
    let mut delete = put_over(Value::Null, Some(1));
    delete.as_object_mut().unwrap().remove("Item");
    delete["Key"] = json!({"pk": {"S": "a"}, "sk": {"S": "b"}});
    table.answer("DeleteItem", &delete).unwrap_err();
    delete["ExpressionAttributeValues"][":rev"] = json!({"N": "2"});
    table.answer("DeleteItem", &delete).unwrap();
    assert_eq!(get(&mut table, "a", "b"), Value::Null);
}

#[test]
fn a_transaction_writes_all_or_none() {
    let mut table = Table::default();
    table.answer("PutItem", &put(row("a", "b", 1))).unwrap();
    let both = |rev| {
        let puts = [put_over(row("a", "b", 2), Some(rev)), put_over(row("c", "d", 1), None)];
        json!({"TransactItems": puts.map(|put| json!({"Put": put})), "ClientRequestToken": format!("token-{rev}")})
    };
    let refusal = table.answer("TransactWriteItems", &both(7)).unwrap_err();
    let failed = json!({"Code": "ConditionalCheckFailed", "Message": FAILED, "Item": row("a", "b", 1)});
    assert_eq!(refusal.fields()["CancellationReasons"], json!([failed, {"Code": "None"}]));
    assert_eq!(get(&mut table, "c", "d"), Value::Null);

    // The second time it is known by its token.
    for _ in 0..2 {
        table.answer("TransactWriteItems", &both(1)).unwrap();
    }
    assert_eq!(get(&mut table, "a", "b"), row("a", "b", 2));
    let mut other = both(1);
    other["TransactItems"][0]["Put"]["Item"] = row("x", "y", 1);
    let refusal = table.answer("TransactWriteItems", &other).unwrap_err().to_string();
    assert!(refusal.starts_with("IdempotentParameterMismatchException"), "{refusal}");
}

#[test]
fn a_partition_is_queried_page_by_page() {
    let mut table = Table::default();
    for (pk, at) in [("c", "3"), ("a", "1"), ("b", "2")] {
        let mut row = row(pk, "state", 1);
        row["gsi_pk"] = json!({"S": "open"});
        row["gsi_sk"] = json!({"S": at});
        table.answer("PutItem", &put(row)).unwrap();
    }
    table.answer("PutItem", &put(row("d", "state", 1))).unwrap();
    let mut query = json!({"TableName": NAME, "IndexName": "by_state", "KeyConditionExpression": "#gsi_pk = :open", "Limit": 2,
        "ExpressionAttributeNames": {"#gsi_pk": "gsi_pk"}, "ExpressionAttributeValues": {":open": {"S": "open"}}});
    let found = |answer: &Value| -> Vec<String> {
        answer["Items"].as_array().unwrap().iter().map(|row| row["pk"]["S"].as_str().unwrap().to_owned()).collect()
    };
    let first = table.answer("Query", &query).unwrap();
    assert_eq!(found(&first), ["a", "b"]);
    query["ExclusiveStartKey"] = first["LastEvaluatedKey"].clone();
    let second = table.answer("Query", &query).unwrap();
    assert_eq!((found(&second), &second["LastEvaluatedKey"]), (vec!["c".to_owned()], &Value::Null));

    let query = json!({"TableName": NAME, "KeyConditionExpression": "#pk = :a AND #sk BETWEEN :from AND :to",
        "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
        "ExpressionAttributeValues": {":a": {"S": "a"}, ":from": {"S": "s"}, ":to": {"S": "t"}}});
    assert_eq!(found(&table.answer("Query", &query).unwrap()), ["a"]);
}

#[test]
fn what_dynamodb_refuses_is_refused() {
    let mut table = Table::default();
    let mut no_sort_key = row("a", "b", 1);
    no_sort_key.as_object_mut().unwrap().remove("sk");
    let mut odd_number = row("a", "b", 1);
    odd_number["rev"] = json!({"N": 1});
    let mut odd_index = row("a", "b", 1);
    odd_index["gsi_pk"] = json!({"N": "1"});
    let twice = [row("a", "b", 1), row("a", "b", 2)].map(|row| json!({"Put": put(row)}));
    for (operation, call, why) in [
        ("Scan", json!({"TableName": NAME}), "UnknownOperation"),
        ("PutItem", json!({"TableName": "other", "Item": row("a", "b", 1)}), "ResourceNotFound"),
        ("PutItem", put(no_sort_key), "the key sk"),
        ("PutItem", put(row("", "b", 1)), "the key pk"),
        ("PutItem", put(odd_number), "type N"),
        ("PutItem", put(odd_index), "gsi_pk"),
        ("PutItem", json!({"TableName": NAME, "Item": row("a", "b", 1), "Expected": {}}), "does not know Expected"),
        ("GetItem", json!({"TableName": NAME, "Key": {"pk": {"S": "a"}}}), "does not match the schema"),
        ("TransactWriteItems", json!({"TransactItems": []}), "1 to 100"),
        ("TransactWriteItems", json!({"TransactItems": twice}), "multiple operations on one item"),
        ("TransactWriteItems", json!({"TransactItems": [{"Update": {}}]}), "does not know Update"),
    ] {
        let refusal = table.answer(operation, &call).expect_err(why).to_string();
        assert!(refusal.contains(why), "{operation}: {refusal}");
    }
}
