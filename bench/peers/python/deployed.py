"""What the functions of the deployed path share: one session, and the secrets, read from the Parameter Store at the start."""
import os

import boto3

session = boto3.Session()
path = os.environ["PARAMETERS_PATH"]
answer = session.client("ssm").get_parameters_by_path(Path=path, WithDecryption=True)
secrets = {one["Name"].removeprefix(path + "/"): one["Value"] for one in answer["Parameters"]}
