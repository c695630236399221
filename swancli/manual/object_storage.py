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
                    "`-l s3://BUCKET/FOLDER` reads a logdir from a bucket, as it was copied there, with every command."
                    " gs:// is Google Cloud Storage, az:// Azure Blob Storage. Nothing is written to the bucket. It"
                    " needs an extra: pip install 'swancli[s3]'."
                ),
                Text(
                    "Such a URL can stand wherever a logdir can: in `SWANLAB_LOG_DIR`, as `logdir` of a source in the"
                    " configuration file, in swancli.open of the Python API. Patterns such as s3://BUCKET/*/swanlog"
                    " are for Spark only."
                ),
            ],
        ),
        (
            "CREDENTIALS",
            [
                Text("They come from environment variables, or from the machine if it runs in the provider's cloud."),
                Terms(
                    [
                        (
                            "s3://",
                            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (us-east-1 if it"
                            " is not set). AWS_SKIP_SIGNATURE=true reads a public bucket.",
                        ),
                        (
                            "gs://",
                            "GOOGLE_APPLICATION_CREDENTIALS, the path of a file; without it, what `gcloud auth"
                            " application-default login` has left. GOOGLE_SKIP_SIGNATURE=true reads a public bucket.",
                        ),
                        (
                            "az://",
                            "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or"
                            " with AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID.",
                        ),
                    ]
                ),
                Text(
                    "AWS_PROFILE, ~/.aws/config and ~/.aws/credentials are not read. This sets the variables from a"
                    " profile:"
                ),
                Lines(['eval "$(aws configure export-credentials --profile NAME --format env)"']),
            ],
        ),
        (
            "OTHER SERVERS",
            [
                Text(
                    "AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_S3) is the URL of another server that speaks S3, such as"
                    " MinIO. The bucket follows in the path; for servers that want it in the host name, such as Alibaba"
                    " Cloud OSS, set AWS_VIRTUAL_HOSTED_STYLE_REQUEST=true and put it into the URL:"
                    " https://BUCKET.oss-cn-hangzhou.aliyuncs.com. AZURE_STORAGE_ENDPOINT is the same for az://. Plain"
                    " HTTP is used only if the URL begins with http://."
                )
            ],
        ),
        (
            "REQUESTS",
            [
                Text(
                    "Listings are kept while a command runs; with `--watch` and `--follow`, and for each request to"
                    " `serve`, they are made again. Files of points are read by range, on the condition that they are"
                    " still the version that was listed; a file that is replaced while it is read is an error after"
                    " three attempts. A database is fetched once for each version of it into the cache: see"
                    " `swancli help cache`."
                ),
                Text(
                    "`--timeout` is the limit for one request, which asks for 8 MiB at most; a request that fails is"
                    " repeated up to three times within it. The exit code is 4 if the store fails."
                ),
                Text(
                    "The time of a file's last write, from which states such as stale follow, is that of its upload."
                    " A run that is copied while it is written is shown as far as it has been copied."
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
