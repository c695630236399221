# Completion of swancli for fish 3 or newer. Made by scripts/make_docs.py from the command tree: edit that.
#
# Commands, options and their values are known here; only for experiments and metrics swancli itself is asked.

# The options of a command that take a value.
function __swancli_valued
    switch "$argv[1]"
        case ''
            string split ' ' -- '-l --logdir -u --url --timeout --token-file --ca-file'
        case project
            string split ' ' -- '-m --metric --best -o --output -i --interval -l --logdir -u --url --timeout --token-file --ca-file'
        case experiment charts status
            string split ' ' -- '-o --output -i --interval -l --logdir -u --url --timeout --token-file --ca-file'
        case metric
            string split ' ' -- '--head --tail --steps --x --smooth --width --height -o --output -i --interval -l --logdir -u --url --timeout --token-file --ca-file'
        case logs
            string split ' ' -- '-n --tail -i --interval -o --output -l --logdir -u --url --timeout --token-file --ca-file'
        case summary
            string split ' ' -- '--sort -o --output -i --interval -l --logdir -u --url --timeout --token-file --ca-file'
        case serve
            string split ' ' -- '--host -p --port --token-file --cors -l --logdir -u --url --timeout --ca-file'
    end
end

# The command in front of the cursor and the words behind it, one a line, without options and their values.
function __swancli_words
    set -l command ''
    set -l option ''
    set -l ended ''
    set -l last ''
    set -l valued (__swancli_valued '')
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test -n "$option"
            set option ''
        else if test -n "$ended"; or not string match -q -- '-?*' "$word"
            if test -z "$command"
                set command $word
                set valued (__swancli_valued $word)
                echo -- $word
            else if not contains -- "$last" -w --watch; or not string match -qr '^[0-9.]+$' -- "$word"
                echo -- $word
            end
        else if test "$word" = --
            set ended 1
        else if contains -- $word $valued
            set option $word
        end
        set last $word
    end
end

# Folders, and the databases of logdirs.
function __swancli_logdir
    __fish_complete_directories
    set -l found (commandline -ct)*
    string match -- '*runs.swanlab' $found
end

# Whether the command in front of the cursor is one of these.
function __swancli_at
    set -l words (__swancli_words)
    contains -- "$words[1]" $argv
end

# The same, with no word behind it yet.
function __swancli_first
    set -l words (__swancli_words)
    test (count $words) -le 1; and contains -- "$words[1]" $argv
end

# Ask swancli: the first word is what to complete, the others are those behind the command. It is silent when it fails,
# or when it takes longer than a moment.
function __swancli_ask
    string match -qr -- '^-[^=]*$' (commandline -ct); and return
    set -l logdir ''
    set -l url ''
    set -l token_file ''
    set -l ca_file ''
    set -l option ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch "$option"
            case -l --logdir
                set logdir $word
            case -u --url
                set url $word
            case --token-file
                set token_file $word
            case --ca-file
                set ca_file $word
        end
        set option $word
        switch "$word"
            case '--logdir=*'
                set logdir (string replace -- --logdir= '' $word)
            case '--url=*'
                set url (string replace -- --url= '' $word)
            case '--token-file=*'
                set token_file (string replace -- --token-file= '' $word)
            case '--ca-file=*'
                set ca_file (string replace -- --ca-file= '' $word)
        end
    end
    set -l program (string replace -r '^~' -- $HOME $words[1])
    test -x "$program"; or set program swancli
    command $program __complete $argv[1] (commandline -ct | string unescape) \
        "$logdir" "$url" "$token_file" "$ca_file" $argv[2..-1] 2>/dev/null
end

# An experiment first, then its metrics.
function __swancli_metrics
    set -l words (__swancli_words)
    __swancli_ask metrics $words[2..-1]
end

complete -c swancli -f

complete -c swancli -n "__swancli_at ''" -a project -d 'The project and its experiments: state, metrics, last step, last write.'
complete -c swancli -n "__swancli_at ''" -a experiment -d 'One experiment: identity, times, config, and the system it ran on.'
complete -c swancli -n "__swancli_at ''" -a charts -d 'The charts of an experiment, by namespace: metric, type, points, pinned or hidden, error.'
complete -c swancli -n "__swancli_at ''" -a metric -d 'The points of a metric: its curve, its numbers, its values.'
complete -c swancli -n "__swancli_at ''" -a logs -d 'The console of an experiment, as it was printed; the text of a crash comes last.'
complete -c swancli -n "__swancli_at ''" -a status -d 'Whether an experiment runs, since when, and how many charts it has.'
complete -c swancli -n "__swancli_at ''" -a summary -d 'The latest value of every metric, with its step, and the lowest and highest.'
complete -c swancli -n "__swancli_at ''" -a serve -d 'Answer the API of SwanLab\'s dashboard over HTTP, from a logdir or as the relay of another dashboard.'
complete -c swancli -n "__swancli_at ''" -a demo -d 'Write a small sample logdir, and say what to try on it.'
complete -c swancli -n "__swancli_at ''" -a completion -d 'Print the script that completes commands, experiments and metrics at TAB.'
complete -c swancli -n "__swancli_at ''" -a help -d 'The manual page of a command or a topic: what `man swancli-metric` shows.'

complete -c swancli -n '__swancli_first experiment' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_first charts' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_at metric' -k -a '(__swancli_metrics)'
complete -c swancli -n '__swancli_first logs' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_first status' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_first summary' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_first demo' -a '(__fish_complete_directories)'
complete -c swancli -n '__swancli_first completion' -a 'bash zsh fish'
complete -c swancli -n '__swancli_first help' -a 'project experiment charts metric logs status summary serve demo completion help exit-codes formats'

complete -c swancli -n "__swancli_at ''" -s l -l logdir -x -a '(__swancli_logdir)' -d 'The logdir to read. [default: $SWANLAB_LOG_DIR, ./swanlog, .]'
complete -c swancli -n "__swancli_at ''" -s u -l url -x -d 'The dashboard to read instead. [default: $SWANCLI_URL]'
complete -c swancli -n "__swancli_at ''" -l timeout -x -d 'How long to wait for a dashboard. [default: 30]'
complete -c swancli -n "__swancli_at ''" -l token-file -r -F -d 'A file with the dashboard\'s token. [default: $SWANCLI_TOKEN]'
complete -c swancli -n "__swancli_at ''" -l ca-file -r -F -d 'Certificates to trust, of a private authority.'
complete -c swancli -n "__swancli_at ''" -l no-color -d 'No colours.'
complete -c swancli -n "__swancli_at ''" -l debug -d 'Show the traceback of an error.'
complete -c swancli -n "__swancli_at ''" -l version -d 'Print the version.'
complete -c swancli -n "__swancli_at ''" -s h -l help -d 'Show the options and exit.'
complete -c swancli -n "__swancli_at project" -s m -l metric -x -k -a '(__swancli_ask metric)' -d 'The metric to show for each experiment.'
complete -c swancli -n "__swancli_at project" -l best -x -a 'min max' -d 'Sort by the best value of --metric.'
complete -c swancli -n "__swancli_at project" -l all -d 'With --json: runs that only lie on disk, too, with null as id.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary" -l json -d 'The API\'s response, byte for byte; short for -o json.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary" -l jsonl -d 'One JSON object a line; short for -o jsonl.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary" -s o -l output -x -a 'table tsv csv json jsonl md' -d 'table, tsv, csv, json, jsonl or md. [default: table; tsv in a pipe]'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -s w -l watch -d 'Show it again and again, in place; q ends it. -w 5: every 5 seconds.'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -s i -l interval -x -d 'How often --watch and --follow look. [default: 2]'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -l until-finished -d 'With --watch: end when the run does, with exit code 5 if it failed.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -s l -l logdir -x -a '(__swancli_logdir)' -d 'The logdir to read. [default: $SWANLAB_LOG_DIR, ./swanlog, .]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -s u -l url -x -d 'The dashboard to read instead. [default: $SWANCLI_URL]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -l timeout -x -d 'How long to wait for a dashboard. [default: 30]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary" -l token-file -r -F -d 'A file with the dashboard\'s token. [default: $SWANCLI_TOKEN]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -l ca-file -r -F -d 'Certificates to trust, of a private authority.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -l no-color -d 'No colours.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -l no-pager -d 'Never start a pager.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve" -l debug -d 'Show the traceback of an error.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary serve demo completion help" -s h -l help -d 'Show the options and exit.'
complete -c swancli -n "__swancli_at charts" -l system -d 'Hardware metrics too, where they were recorded.'
complete -c swancli -n "__swancli_at metric" -l all -d 'Every point, not the sample of 1499 that a chart shows.'
complete -c swancli -n "__swancli_at metric" -l head -x -d 'Only the first N points.'
complete -c swancli -n "__swancli_at metric" -l tail -x -d 'Only the last N points.'
complete -c swancli -n "__swancli_at metric" -l steps -x -d 'Only steps from A to B; either may be left out.'
complete -c swancli -n "__swancli_at metric" -s f -l follow -d 'With --jsonl: go on with new points.'
complete -c swancli -n "__swancli_at metric" -l plot -d 'Draw the curve. [default: on a terminal]'
complete -c swancli -n "__swancli_at metric" -l no-plot -d 'Draw the curve. [default: on a terminal]'
complete -c swancli -n "__swancli_at metric" -l x -x -a 'step time relative' -d 'What the plot\'s x axis shows. [default: step]'
complete -c swancli -n "__swancli_at metric" -l log-y -d 'A logarithmic y axis.'
complete -c swancli -n "__swancli_at metric" -l smooth -x -d 'Smooth by TensorBoard\'s moving average, 0 to 1.'
complete -c swancli -n "__swancli_at metric" -l width -x -d 'The plot\'s width.'
complete -c swancli -n "__swancli_at metric" -l height -x -d 'The plot\'s height.'
complete -c swancli -n "__swancli_at logs" -s n -l tail -x -d 'Only the last N lines. [default: 200 on a terminal, else all]'
complete -c swancli -n "__swancli_at logs" -s f -l follow -d 'Go on with new lines as they are written.'
complete -c swancli -n "__swancli_at logs" -s i -l interval -x -d 'How often --follow looks. [default: 0.5]'
complete -c swancli -n "__swancli_at logs" -l until-finished -d 'With --follow: end when the run does, with exit code 5 if it failed.'
complete -c swancli -n "__swancli_at summary" -l sort -x -a 'name value min max' -d 'Sort by this column.'
complete -c swancli -n "__swancli_at summary" -l reverse -d 'Sort the other way round.'
complete -c swancli -n "__swancli_at serve" -l host -x -d 'The address to listen on. [default: 127.0.0.1]'
complete -c swancli -n "__swancli_at serve" -s p -l port -x -d '0 picks a free one. [default: 5092]'
complete -c swancli -n "__swancli_at serve" -l token-file -r -F -d 'Let in who sends the token in this file.'
complete -c swancli -n "__swancli_at serve" -l generate-token -d 'Make a token, and print a link that holds it.'
complete -c swancli -n "__swancli_at serve" -l no-auth -d 'Let everybody in, on any address.'
complete -c swancli -n "__swancli_at serve" -l cors -x -d 'Let pages of this origin read. Repeatable.'
complete -c swancli -n "__swancli_at serve" -s q -l quiet -d 'No line for each request.'
