# The smallest worker there is: it speaks the Runtime API and does with each message of its batch as the body says,
# "ok", "fail", "overtake", "error", "exit", "hang", "slow" or "wrong"; with "-once" only at the first receive.

exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"

# call METHOD PATH [BODY]: sets `id` and `event` from the answer.
call() {
    printf '%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: lambda\r\nContent-Length: %s\r\n\r\n%s' "$1" "$2" "${#3}" "$3" >&3
    length=0
    while IFS= read -r line <&3 && line=${line%$'\r'} && [ -n "$line" ]; do
        case $line in
        Lambda-Runtime-Aws-Request-Id:*) id=${line#*: } ;;
        Content-Length:*) length=${line#*: } ;;
        esac
    done
    IFS= read -r -n "$length" event <&3
}

# all KEY: sets `found` to the values of this key, record by record.
all() {
    found=() rest=$event
    while [[ $rest =~ \"$1\":\"([^\"]*)\" ]]; do
        found+=("${BASH_REMATCH[1]}")
        rest=${rest#*"${BASH_REMATCH[0]}"}
    done
}

# work: sets `failures`, unless the batch ends otherwise.
work() {
    failures= stuck=:
    for i in "${!bodies[@]}"; do
        step=${bodies[i]} group=${groups[i]}
        printf '{"message":"%s","receive":%s}\n' "$step" "${counts[i]}"
        case $step in *-once) [ "${counts[i]}" = 1 ] && step=${step%-once} || step=ok ;; esac
        case $step in
        error) call POST "invocation/$id/error" '{"errorType":"Told","errorMessage":"to fail"}'; return 1 ;;
        exit) exit 7 ;;
        hang) read -r <&3 ;;
        slow) read -r -t 2.2 <&3 ;;
        wrong) call POST "invocation/$id/response" '{"statusCode":200}'; return 1 ;;
        fail) stuck+=$group: ;;
        esac
        # What follows a failure in its group fails too.
        [[ $step != overtake && $stuck == *:$group:* ]] && failures+=",{\"itemIdentifier\":\"${ids[i]}\"}"
    done
    return 0
}

while call GET invocation/next; do
    all messageId; ids=("${found[@]}")
    all body; bodies=("${found[@]}")
    all MessageGroupId; groups=("${found[@]}")
    all ApproximateReceiveCount; counts=("${found[@]}")
    work && call POST "invocation/$id/response" "{\"batchItemFailures\":[${failures#,}]}"
done
