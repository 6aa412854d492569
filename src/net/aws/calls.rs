//! The calls of AWS that toban can make. An adapter gets a client with these methods and no others, and a test compares the list
//! with what the functions' roles allow (`tests/it/template/permissions.rs`).

/// A call, as a role has to allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// IAM's name. A batch is allowed by the action of one.
    pub action: &'static str,
    pub on: On,
}

/// What a call is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Queue,
    Table,
    /// The table's index.
    Index,
    Parameter,
}

/// Clients of the SDK's with some of its methods, and the list of these.
macro_rules! calls {
    ($($(#[$doc:meta])* $client:ident of $sdk:ident { $($method:ident -> $builder:ident: $action:literal on $($on:ident)+;)+ })+) => {
        /// All of them.
        pub const CALLS: &[Call] = &[$($($(Call { action: $action, on: On::$on }),+),+),+];

        $(
            $(#[$doc])*
            #[derive(Debug, Clone)]
            pub struct $client($sdk::Client);

            impl From<$sdk::Client> for $client {
                fn from(client: $sdk::Client) -> Self {
                    Self(client)
                }
            }

            impl $client {
                $(
                    pub fn $method(&self) -> $sdk::operation::$method::builders::$builder {
                        self.0.$method()
                    }
                )+
            }
        )+
    };
}

calls! {
    /// SQS.
    Sqs of aws_sdk_sqs {
        send_message_batch -> SendMessageBatchFluentBuilder: "sqs:SendMessage" on Queue;
        change_message_visibility_batch -> ChangeMessageVisibilityBatchFluentBuilder: "sqs:ChangeMessageVisibility" on Queue;
    }

    /// DynamoDB. A transaction needs the permissions of what is in it, and here that is puts only.
    DynamoDb of aws_sdk_dynamodb {
        get_item -> GetItemFluentBuilder: "dynamodb:GetItem" on Table;
        put_item -> PutItemFluentBuilder: "dynamodb:PutItem" on Table;
        transact_write_items -> TransactWriteItemsFluentBuilder: "dynamodb:PutItem" on Table;
        query -> QueryFluentBuilder: "dynamodb:Query" on Table Index;
    }

    /// The Parameter Store. All but the first are for the command line.
    Ssm of aws_sdk_ssm {
        get_parameters -> GetParametersFluentBuilder: "ssm:GetParameters" on Parameter;
        get_parameter -> GetParameterFluentBuilder: "ssm:GetParameter" on Parameter;
        put_parameter -> PutParameterFluentBuilder: "ssm:PutParameter" on Parameter;
        describe_parameters -> DescribeParametersFluentBuilder: "ssm:DescribeParameters" on Parameter;
    }
}

impl DynamoDb {
    /// The settings, to make another client of.
    pub fn config(&self) -> &aws_sdk_dynamodb::Config {
        self.0.config()
    }
}
