# The smallest function there is: it speaks the Runtime API and does as its event says, {"do":"echo|fail|exit|hang"}.

exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"

# call METHOD PATH [BODY]: sets `id` and `body` from the answer.
call() {
    printf '%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: lambda\r\nContent-Length: %s\r\n\r\n%s' "$1" "$2" "${#3}" "$3" >&3
    length=0
    while IFS= read -r line <&3 && line=${line%$'\r'} && [ -n "$line" ]; do
        case $line in
        Lambda-Runtime-Aws-Request-Id:*) id=${line#*: } ;;
        Content-Length:*) length=${line#*: } ;;
        esac
    done
    IFS= read -r -n "$length" body <&3
}

if [ -n "$NOT_CONFIGURED" ]; then
    call POST init/error '{"errorType":"NotConfigured"}'
    echo 'not configured' >&2
    exit 3
fi

while call GET invocation/next; do
    echo "{\"event\":$body}"
    echo "plain words" >&2
    case $body in
    *echo*) call POST "invocation/$id/response" "$body" ;;
    *fail*) call POST "invocation/$id/error" '{"errorType":"Told","errorMessage":"to fail"}' ;;
    *exit*) exit 7 ;;
    *hang*) read -r <&3 ;;
    esac
done
