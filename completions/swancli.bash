# Completion of swancli for bash 4 or newer. Made by scripts/make_docs.py from the command tree: edit that.
#
# Commands, options and their values are known here; only for experiments and metrics swancli itself is asked.

# The line up to the cursor. given: the words that are neither options nor their values, behind the command; typed:
# the word to complete; both without their quotes. quote: the quote that is open in typed. head: the part of typed
# that stands in front of what readline will replace, as it breaks words in places where the shell doesn't.
_swancli_read() {
    local line=${COMP_LINE:0:COMP_POINT} word='' kept='' some='' c i
    words=() quote='' head=''
    for ((i = 0; i < ${#line}; i++)); do
        c=${line:i:1}
        case $quote in
            "'") if [[ $c == "'" ]]; then quote='' head=$kept; else word+=$c; fi ;;
            '"')
                if [[ $c == '"' ]]; then
                    quote='' head=$kept
                elif [[ $c == '\' && ${line:i+1:1} == [\$\`\"\\] ]]; then
                    ((i += 1)); word+=${line:i:1}
                else
                    word+=$c
                fi
                ;;
            *)
                case $c in
                    [[:space:]])
                        [[ $some ]] && words+=("$word")
                        word='' some='' head=''
                        continue
                        ;;
                    "'" | '"') quote=$c kept=$head head=$word ;;
                    '\') ((i += 1)); word+=${line:i:1} ;;
                    '@') head=$word word+=$c ;; # which readline replaces with what follows it
                    *)
                        word+=$c
                        [[ $COMP_WORDBREAKS == *"$c"* ]] && head=$word
                        ;;
                esac
                some=1
                ;;
        esac
    done
    typed=$word
}

# The options of a command that take a value; a plus sign behind those that take two.
_swancli_valued() {
    REPLY=''
    case $1 in
        '' | mcp) REPLY='-l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        project) REPLY='-m --metric --best --columns --sort --state -n --limit --group-by --plot+ -F --filter -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        experiment | charts | status) REPLY='-F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        metric) REPLY='--head --tail --steps --x --smooth --width --height -F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        logs) REPLY='-n --tail -i --interval -F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        summary) REPLY='--sort -F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        compare) REPLY='--sections --goal -F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        wait) REPLY='--for --fail-if --timeout --exec -i --interval -F --filter --best+ -o --output -l --logdir -u --url -s --source --token-file --ca-file --remote-command' ;;
        check) REPLY='-F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        report) REPLY='-o --output --title -F --filter --best+ -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        top) REPLY='-m --metrics -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        sources | sql) REPLY='-o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        export) REPLY='-o --output --format --engine --master -F --filter --best+ -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command' ;;
        serve) REPLY='--host -p --port --token-file --cors -l --logdir -u --url -s --source --timeout --ca-file --remote-command' ;;
    esac
}

# All options of a command.
_swancli_options() {
    REPLY=''
    case $1 in
        '') REPLY='-l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --debug --version -h --help' ;;
        project) REPLY='-m --metric --best --all --columns --sort --state -n --limit --group-by --pivot --plot -F --filter --json --jsonl -o --output -w --watch -i --interval --until-finished -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        experiment | status) REPLY='-F --filter --best --json --jsonl -o --output -w --watch -i --interval --until-finished -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        charts) REPLY='--system -F --filter --best --json --jsonl -o --output -w --watch -i --interval --until-finished -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        metric) REPLY='--all --head --tail --steps -f --follow --plot --no-plot --x --log-y --smooth --overlay --no-overlay --width --height -F --filter --best --json --jsonl -o --output -w --watch -i --interval --until-finished -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        logs) REPLY='-n --tail -f --follow -i --interval --until-finished -F --filter --best --json --jsonl -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        summary) REPLY='--sort --reverse -F --filter --best --json --jsonl -o --output -w --watch -i --interval --until-finished -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        compare) REPLY='--all --sections --diff-requirements --goal -F --filter --best --jsonl -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        wait) REPLY='--for --fail-if --timeout --any --all --exec -i --interval -F --filter --best --jsonl -o --output -l --logdir -u --url -s --source --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        check) REPLY='-F --filter --best --jsonl -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        report) REPLY='-o --output --title --all -F --filter --best -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        top) REPLY='-m --metrics -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --debug -h --help' ;;
        sources | sql) REPLY='--json --jsonl -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        export) REPLY='-o --output --format --engine --master -F --filter --best -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        mcp) REPLY='-l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        serve) REPLY='--host -p --port --token-file --generate-token --no-auth --cors -q --quiet --open --no-page --stdio -l --logdir -u --url -s --source --timeout --ca-file --remote-command --no-color --no-pager --debug -h --help' ;;
        demo | completion | help) REPLY='-h --help' ;;
    esac
}

# A candidate as it has to stand on the line, given the quote that is open.
_swancli_quoted() {
    local text=$1 c i
    REPLY=$text
    case $quote in
        "'") REPLY=${text//\'/\'\\\'\'} ;;
        '"')
            REPLY=''
            for ((i = 0; i < ${#text}; i++)); do
                c=${text:i:1}
                case $c in
                    [\$\`\"\\]) REPLY+="\\$c" ;;
                    '!') REPLY+="\"'!'\"" ;;
                    *) REPLY+=$c ;;
                esac
            done
            ;;
        *)
            [[ $text != *[][\ \!\"\#\$\&\'\(\)\*\;\<\>\?\\\^\`\{\|\}\~]* ]] && return
            REPLY=''
            for ((i = 0; i < ${#text}; i++)); do
                c=${text:i:1}
                [[ $c == [][\ \!\"\#\$\&\'\(\)\*\;\<\>\?\\\^\`\{\|\}\~] ]] && REPLY+='\'
                REPLY+=$c
            done
            ;;
    esac
}

# Offer those of the values that begin with what is typed; "value<TAB>description" shows the latter in a list.
_swancli_offer() {
    local line value REPLY fitting=() notes=() i
    for line; do
        value=${line%%$'\t'*}
        [[ ${value:0:${#typed}} == "$typed" ]] || continue
        fitting+=("$value")
        if [[ $line == *$'\t'* ]]; then notes+=("${line#*$'\t'}"); else notes+=(''); fi
    done
    for ((i = 0; i < ${#fitting[@]}; i++)); do
        _swancli_quoted "${fitting[i]:${#head}}"
        # readline puts what all candidates begin with on the line; a lone one must be bare
        if [[ ${notes[i]} && ${#fitting[@]} -gt 1 && $COMP_TYPE != 37 ]]; then
            REPLY+="  (${notes[i]:0:60})"
        fi
        COMPREPLY+=("$lead$REPLY")
    done
}

_swancli_words() { _swancli_offer "$@"; }

# Files (-f) or folders (-d): readline quotes these itself.
_swancli_files() {
    local IFS=$'\n' path
    compopt -o filenames
    while read -r path; do
        COMPREPLY+=("$lead${path:${#head}}")
    done < <(compgen "$@" -- "$typed")
}

# A logdir, or the database in it.
_swancli_logdir() {
    _swancli_files -d
    _swancli_files -f -X '!*runs.swanlab'
}

# Ask swancli for experiments or metrics. It is silent when it fails, or when it takes longer than a moment.
_swancli_ask() {
    local line lines=() program=${words[0]/#\~/$HOME}
    [[ $(type -t -- "$program") == file ]] || program=swancli
    while IFS= read -r line; do
        lines+=("$line")
    done < <("$program" __complete "$1" "$typed" "${where[@]}" -- "${@:2}" 2>/dev/null)
    _swancli_offer "${lines[@]}"
}

_swancli_value() {
    case "$1 $2" in
        *' -l' | *' --logdir') _swancli_logdir ;;
        *' -s' | *' --source') _swancli_ask source ;;
        *' --token-file' | *' --ca-file' | 'report -o' | 'report --output' | 'export -o' | 'export --output' | 'serve --token-file') _swancli_files -f ;;
        'project -m' | 'project --metric') _swancli_ask metric ;;
        'project --best') _swancli_words min max ;;
        'project --columns' | 'project --group-by') _swancli_ask columns ;;
        'project --sort' | 'project --plot' | 'project --plot+' | *' -F' | *' --filter' | *' --best' | 'wait --for' | 'wait --fail-if') _swancli_ask column ;;
        'project --state') _swancli_words running stale finished crashed stopped killed failed unknown ;;
        *' -o' | *' --output') _swancli_words table tsv csv json jsonl md ;;
        'metric --x') _swancli_words step time relative ;;
        'summary --sort') _swancli_words name value min max ;;
        'export --format') _swancli_words parquet csv jsonl sqlite duckdb ;;
        'export --engine') _swancli_words local spark ;;
    esac
}

_swancli() {
    local words quote head typed REPLY
    local command='' given=() option='' lead='' word valued i where=() ended=''
    COMPREPLY=()
    _swancli_read
    _swancli_valued ''
    valued=$REPLY
    for ((i = 1; i < ${#words[@]}; i++)); do
        word=${words[i]}
        if [[ $option ]]; then
            case $option in
                -l | --logdir | -u | --url | -s | --source | --token-file | --ca-file | --remote-command) where+=("$option" "$word") ;;
            esac
            if [[ $option == *+ ]]; then option=${option%+}; else option=''; fi
        elif [[ $ended || $word != -?* ]]; then
            if [[ ! $command ]]; then
                command=$word
                _swancli_valued "$command"
                valued=$REPLY
            elif [[ ! (${words[i-1]} == @(-w|--watch) && $word == [0-9]*) ]]; then
                given+=("$word")
            fi
        elif [[ $word == -- ]]; then
            ended=1
        else
            case $word in
                --logdir=* | --url=* | --source=* | --token-file=* | --ca-file=* | --remote-command=*) where+=("${word%%=*}" "${word#*=}") ;;
            esac
            [[ " $valued " == *" $word "* ]] && option=$word
            [[ " $valued " == *" $word+ "* ]] && option=$word+
        fi
    done

    if [[ $option ]]; then
        _swancli_value "$command" "$option"
    elif [[ ! $ended && $typed == --*=* ]]; then
        option=${typed%%=*} typed=${typed#*=}
        if [[ $head == "$option="* ]]; then head=${head#*=}; else lead="$option="; fi
        _swancli_value "$command" "$option"
    elif [[ ! $ended && $typed == -* ]]; then
        _swancli_options "$command"
        IFS=' ' read -r -a words <<<"$REPLY"
        _swancli_words "${words[@]}"
    elif [[ ! $command ]]; then
        _swancli_words project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve demo completion help
    else
        case $command in
        experiment | charts | status) ((${#given[@]} == 0)) && _swancli_ask exps ;;
        metric | summary) _swancli_ask metrics "${given[@]}" ;;
        logs) ((${#given[@]} == 0)) && _swancli_ask exp ;;
        compare | wait | report | export) if ((${#given[@]})); then _swancli_ask exps; else _swancli_ask exps; fi ;;
        check) if ((${#given[@]})); then _swancli_ask column; else _swancli_ask exps; fi ;;
        demo) ((${#given[@]} == 0)) && _swancli_files -d ;;
        completion) ((${#given[@]} == 0)) && _swancli_words bash zsh fish ;;
        help) ((${#given[@]} == 0)) && _swancli_words project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve demo completion help cache columns exit-codes formats object-storage ;;
        esac
    fi
}

complete -F _swancli swancli
