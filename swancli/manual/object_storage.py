"""The manual page about logdirs in object storage."""

from __future__ import annotations

from swancli.manual.block import Lines, Terms, Text, Topic

OBJECT_STORAGE = Topic(
    "logdirs of swancli in object storage",
    [
        (
            "DESCRIPTION",
            [
                Text(
                    "With `-l s3://BUCKET/FOLDER`, every command reads a logdir that was copied to a bucket. gs://"
                    " is Google Cloud Storage, az:// Azure Blob Storage. Nothing is written to the bucket. Object"
                    " storage needs an extra: pip install 'swancli[s3]'."
                ),
                Text(
                    "Such a URL can be used wherever a logdir can: in `SWANLAB_LOG_DIR`, as `logdir` of a source in"
                    " the configuration file, in swancli.open of the Python API. Patterns such as"
                    " s3://BUCKET/*/swanlog are for Spark only."
                ),
            ],
        ),
        (
            "CREDENTIALS",
            [
                Text(
                    "Credentials come from environment variables or, on a machine in the provider's cloud, from the"
                    " machine itself."
                ),
                Terms(
                    [
                        (
                            "s3://",
                            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (us-east-1 if it"
                            " is not set). AWS_SKIP_SIGNATURE=true reads a public bucket.",
                        ),
                        (
                            "gs://",
                            "GOOGLE_APPLICATION_CREDENTIALS, the path of a file; without it, the credentials saved"
                            " by `gcloud auth application-default login`. GOOGLE_SKIP_SIGNATURE=true reads a public"
                            " bucket.",
                        ),
                        (
                            "az://",
                            "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or"
                            " with AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID.",
                        ),
                    ]
                ),
                Text(
                    "AWS_PROFILE, ~/.aws/config and ~/.aws/credentials are not read. This command sets the variables"
                    " from a profile:"
                ),
                Lines(['eval "$(aws configure export-credentials --profile NAME --format env)"']),
            ],
        ),
        (
            "OTHER SERVERS",
            [
                Text(
                    "AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_S3) is the URL of another S3-compatible server, such as"
                    " MinIO. The bucket is added to the path; for servers that expect it in the host name, such as"
                    " Alibaba Cloud OSS, set AWS_VIRTUAL_HOSTED_STYLE_REQUEST=true and include it in the URL:"
                    " https://BUCKET.oss-cn-hangzhou.aliyuncs.com. AZURE_STORAGE_ENDPOINT is the same for az://."
                    " Plain HTTP is used only if the URL begins with http://."
                )
            ],
        ),
        (
            "REQUESTS",
            [
                Text(
                    "Listings are kept while a command runs; with `--watch` and `--follow`, and for each request to"
                    " `serve`, they are refreshed. Files of points are read by range, on the condition that they are"
                    " still the version that was listed; if a file is replaced each time it is read, this is an"
                    " error after three attempts. Each version of a database is fetched into the cache once: see"
                    " `swancli help cache`."
                ),
                Text(
                    "`--timeout` is the limit for one request, which asks for 8 MiB at most; a request that fails is"
                    " repeated up to three times within it. The exit code is 4 if the store fails."
                ),
                Text(
                    "The time of a file's last write, which determines states such as stale, is the time of its"
                    " upload. A run that is being copied is shown as far as it has been copied."
                ),
            ],
        ),
        (
            "EXAMPLES",
            [
                Lines(
                    [
                        "swancli project -l s3://runs/llm/swanlog",
                        "AWS_ENDPOINT_URL=https://minio.lab:9000 swancli summary latest -l s3://runs/llm/swanlog -w",
                        "swancli serve -l s3://runs/llm/swanlog -l gs://other/swanlog",
                    ]
                )
            ],
        ),
    ],
    "swancli(1), swancli-cache(7), swancli-exit-codes(7)",
)
