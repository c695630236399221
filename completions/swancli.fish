# Completion of swancli for fish 3 or newer. Made by scripts/make_docs.py from the command tree: edit that.
#
# Commands, options and their values are known here; only for experiments and metrics swancli itself is asked.

# The options of a command that take a value; a plus sign behind those that take two.
function __swancli_valued
    switch "$argv[1]"
        case '' mcp
            string split ' ' -- '-l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case project
            string split ' ' -- '-m --metric --best --columns --sort --state -n --limit --group-by --plot+ -F --filter -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case experiment charts status
            string split ' ' -- '-F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case metric
            string split ' ' -- '--head --tail --steps --x --smooth --width --height -F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case logs
            string split ' ' -- '-n --tail -i --interval -F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case summary
            string split ' ' -- '--sort -F --filter --best+ -o --output -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case compare
            string split ' ' -- '--sections --goal -F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case wait
            string split ' ' -- '--for --fail-if --timeout --exec -i --interval -F --filter --best+ -o --output -l --logdir -u --url -s --source --token-file --ca-file --remote-command'
        case check
            string split ' ' -- '-F --filter --best+ -o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case report
            string split ' ' -- '-o --output --title -F --filter --best+ -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case top
            string split ' ' -- '-m --metrics -i --interval -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case sources sql
            string split ' ' -- '-o --output -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case export
            string split ' ' -- '-o --output --format --engine --master -F --filter --best+ -l --logdir -u --url -s --source --timeout --token-file --ca-file --remote-command'
        case serve
            string split ' ' -- '--host -p --port --token-file --cors -l --logdir -u --url -s --source --timeout --ca-file --remote-command'
    end
end

# The command in front of the cursor and the words behind it, one a line, without options and their values.
function __swancli_words
    set -l command ''
    set -l option ''
    set -l twice ''
    set -l ended ''
    set -l last ''
    set -l valued (__swancli_valued '')
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test -n "$option"
            if test -n "$twice"
                set twice ''
            else
                set option ''
            end
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
        else if contains -- $word+ $valued
            set option $word
            set twice 1
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
    set -l where
    set -l option ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch "$option"
            case -l --logdir -u --url -s --source --token-file --ca-file --remote-command
                set -a where $option $word
        end
        set option $word
        switch "$word"
            case '--logdir=*' '--url=*' '--source=*' '--token-file=*' '--ca-file=*' '--remote-command=*'
                set -a where (string split -m 1 -- = $word)
        end
    end
    set -l program (string replace -r '^~' -- $HOME $words[1])
    test -x "$program"; or set program swancli
    command $program __complete $argv[1] (commandline -ct | string unescape) \
        $where -- $argv[2..-1] 2>/dev/null
end

# An experiment first, then its metrics.
function __swancli_metrics
    set -l words (__swancli_words)
    __swancli_ask metrics $words[2..-1]
end

complete -c swancli -f

complete -c swancli -n "__swancli_at ''" -a project -d 'List the experiments of the project: state, metrics, last step, last write.'
complete -c swancli -n "__swancli_at ''" -a experiment -d 'Show one experiment: identity, times, config, and the system it ran on.'
complete -c swancli -n "__swancli_at ''" -a charts -d 'List the charts of an experiment by namespace: metric, type, points, pinned or hidden, error.'
complete -c swancli -n "__swancli_at ''" -a metric -d 'Show the points of a metric: curve, statistics, values.'
complete -c swancli -n "__swancli_at ''" -a logs -d 'Print the console log of an experiment; the error message of a crash comes last.'
complete -c swancli -n "__swancli_at ''" -a status -d 'Show the state of an experiment, its times, and how many charts it has.'
complete -c swancli -n "__swancli_at ''" -a summary -d 'Show the latest, lowest and highest value of every metric, with their steps.'
complete -c swancli -n "__swancli_at ''" -a compare -d 'Show what differs between runs: config, metrics, system; one column for each run.'
complete -c swancli -n "__swancli_at ''" -a wait -d 'Wait until a run ends, or until a condition holds; the exit code tells how it ended.'
complete -c swancli -n "__swancli_at ''" -a check -d 'Check conditions on runs, for CI: exit code 0 if all of them hold, otherwise 6.'
complete -c swancli -n "__swancli_at ''" -a report -d 'Write a page with the data of some runs to one HTML file, which opens in a browser without a server.'
complete -c swancli -n "__swancli_at ''" -a top -d 'Show runs, charts and consoles live in full screen, as htop does for processes.'
complete -c swancli -n "__swancli_at ''" -a sources -d 'List the sources in the configuration file: whether each responds, its version, its runs, its response time.'
complete -c swancli -n "__swancli_at ''" -a export -d 'Write runs, their configs, points and logs to a Parquet data set, to CSV or JSON lines, or to a database.'
complete -c swancli -n "__swancli_at ''" -a sql -d 'Run an SQL query on the runs, without exporting them first.'
complete -c swancli -n "__swancli_at ''" -a mcp -d 'Serve the runs to an agent over standard input and output, with the Model Context Protocol.'
complete -c swancli -n "__swancli_at ''" -a serve -d 'Serve a page of runs and charts for the browser, and the API of SwanLab\'s dashboard, over HTTP.'
complete -c swancli -n "__swancli_at ''" -a demo -d 'Write a small sample logdir, and print commands to try on it.'
complete -c swancli -n "__swancli_at ''" -a completion -d 'Print the completion script for a shell: commands, options, experiments, metrics.'
complete -c swancli -n "__swancli_at ''" -a help -d 'Show the manual page of a command or a topic, as `man swancli-metric` does.'

complete -c swancli -n '__swancli_first experiment' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_first charts' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at metric' -k -a '(__swancli_metrics)'
complete -c swancli -n '__swancli_first logs' -k -a '(__swancli_ask exp)'
complete -c swancli -n '__swancli_first status' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at summary' -k -a '(__swancli_metrics)'
complete -c swancli -n '__swancli_first compare' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at compare; and not __swancli_first compare' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_first wait' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at wait; and not __swancli_first wait' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_first check' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at check; and not __swancli_first check' -k -a '(__swancli_ask column)'
complete -c swancli -n '__swancli_first report' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at report; and not __swancli_first report' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_first export' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_at export; and not __swancli_first export' -k -a '(__swancli_ask exps)'
complete -c swancli -n '__swancli_first demo' -a '(__fish_complete_directories)'
complete -c swancli -n '__swancli_first completion' -a 'bash zsh fish'
complete -c swancli -n '__swancli_first help' -a 'project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve demo completion help cache columns exit-codes formats object-storage'

complete -c swancli -n "__swancli_at ''" -s l -l logdir -x -a '(__swancli_logdir)' -d 'Logdir to read; HOST:DIR for one on another machine, over SSH; s3://BUCKET/DIR for one in a bucket. Repeatable. [default: $SWANLAB_LOG_DIR, ./swanlog, .]'
complete -c swancli -n "__swancli_at ''" -s u -l url -x -d 'URL of the dashboard to read instead of a logdir. Repeatable. [default: $SWANCLI_URL]'
complete -c swancli -n "__swancli_at ''" -s s -l source -x -k -a '(__swancli_ask source)' -d 'Source in the configuration file to read, or all. Repeatable.'
complete -c swancli -n "__swancli_at ''" -l timeout -x -d 'Maximum time for a complete response from the dashboard. A response that is still arriving may take longer, as long as more than 1 KiB per second arrives on average in each period of SECONDS. [default: 30]'
complete -c swancli -n "__swancli_at ''" -l token-file -r -F -d 'File with the bearer token for the dashboard. [default: $SWANCLI_TOKEN]'
complete -c swancli -n "__swancli_at ''" -l ca-file -r -F -d 'CA bundle (PEM) to verify the server with.'
complete -c swancli -n "__swancli_at ''" -l remote-command -x -d 'Command that starts swancli on another machine, over SSH. [default: swancli]'
complete -c swancli -n "__swancli_at ''" -l no-color -d 'Disable colours.'
complete -c swancli -n "__swancli_at ''" -l debug -d 'Print the traceback of an error.'
complete -c swancli -n "__swancli_at ''" -l version -d 'Print the version and exit.'
complete -c swancli -n "__swancli_at ''" -s h -l help -d 'Show the options and exit.'
complete -c swancli -n "__swancli_at project" -s m -l metric -x -k -a '(__swancli_ask metric)' -d 'Metric to show for each experiment.'
complete -c swancli -n "__swancli_at project" -l best -x -a 'min max' -d 'Sort by the lowest or highest value of --metric.'
complete -c swancli -n "__swancli_at project" -l all -d 'With --json, include runs that are not in the database; their id is null.'
complete -c swancli -n "__swancli_at project" -l columns -x -k -a '(__swancli_ask columns)' -d 'Columns to show instead of the usual ones, separated by commas: facts, config.KEY, metrics, min(METRIC) and so on. See swancli help columns.'
complete -c swancli -n "__swancli_at project" -l sort -x -k -a '(__swancli_ask column)' -d 'Column to sort by; -COLUMN sorts from the highest value down.'
complete -c swancli -n "__swancli_at project" -l state -x -a 'running stale finished crashed stopped killed failed unknown' -d 'Only runs in this state, or in one of several: running,stale.'
complete -c swancli -n "__swancli_at project" -s n -l limit -x -d 'Only the first N runs; without --sort, the newest N.'
complete -c swancli -n "__swancli_at project" -l group-by -x -k -a '(__swancli_ask columns)' -d 'Show a row for each group of runs with the same values; --columns are then count and aggregates such as mean(min(val/loss)).'
complete -c swancli -n "__swancli_at project" -l pivot -d 'With two columns in --group-by, show the values of the second one side by side.'
complete -c swancli -n "__swancli_at project" -l plot -x -k -a '(__swancli_ask column)' -d 'Draw one column against another, with a point for each run.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report export" -s F -l filter -x -k -a '(__swancli_ask column)' -d 'Only runs that meet a condition, such as \'config.lr < 1e-3\'. Can be repeated: all must hold. See swancli help columns.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary sources sql" -l json -d 'Print the API\'s response, byte for byte; same as -o json.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check sources sql" -l jsonl -d 'Print one JSON object per line; same as -o jsonl.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check sources sql" -s o -l output -x -a 'table tsv csv json jsonl md' -d 'Output format: table, tsv, csv, json, jsonl or md. [default: table; tsv in a pipe]'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -s w -l watch -d 'Refresh in place; press q to quit, j, k, PgUp, PgDn, g or G to scroll. -w 5 refreshes every 5 seconds.'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -s i -l interval -x -d 'Time between updates of --watch and --follow. [default: 2]'
complete -c swancli -n "__swancli_at project experiment charts metric status summary" -l until-finished -d 'With --watch or --follow, exit when the run ends or is stale; exit code 5 unless it finished.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -s l -l logdir -x -a '(__swancli_logdir)' -d 'Logdir to read; HOST:DIR for one on another machine, over SSH; s3://BUCKET/DIR for one in a bucket. Repeatable. [default: $SWANLAB_LOG_DIR, ./swanlog, .]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -s u -l url -x -d 'URL of the dashboard to read instead of a logdir. Repeatable. [default: $SWANCLI_URL]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -s s -l source -x -k -a '(__swancli_ask source)' -d 'Source in the configuration file to read, or all. Repeatable.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare check report top sources export sql mcp serve" -l timeout -x -d 'Maximum time for a complete response from the dashboard. A response that is still arriving may take longer, as long as more than 1 KiB per second arrives on average in each period of SECONDS. [default: 30]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp" -l token-file -r -F -d 'File with the bearer token for the dashboard. [default: $SWANCLI_TOKEN]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -l ca-file -r -F -d 'CA bundle (PEM) to verify the server with.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -l remote-command -x -d 'Command that starts swancli on another machine, over SSH. [default: swancli]'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -l no-color -d 'Disable colours.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report sources export sql mcp serve" -l no-pager -d 'Do not use a pager.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve" -l debug -d 'Print the traceback of an error.'
complete -c swancli -n "__swancli_at project experiment charts metric logs status summary compare wait check report top sources export sql mcp serve demo completion help" -s h -l help -d 'Show the options and exit.'
complete -c swancli -n "__swancli_at experiment charts metric logs status summary compare wait check report export" -l best -x -d 'Only the N best runs by a column, such as 3 \'min(val/loss)\': the lowest for a loss, the highest for an accuracy.'
complete -c swancli -n "__swancli_at charts" -l system -d 'Include the charts of hardware metrics, if recorded.'
complete -c swancli -n "__swancli_at metric" -l all -d 'Show every point, not the sample of 1499 that the dashboard shows.'
complete -c swancli -n "__swancli_at metric" -l head -x -d 'Show only the first N points; --follow ends after them.'
complete -c swancli -n "__swancli_at metric" -l tail -x -d 'Show only the last N points, and with --follow each new one.'
complete -c swancli -n "__swancli_at metric" -l steps -x -d 'Show only steps A to B, both included. Either may be omitted.'
complete -c swancli -n "__swancli_at metric" -s f -l follow -d 'With --jsonl, print new points as they are written.'
complete -c swancli -n "__swancli_at metric" -l plot -d 'Draw the curve, or not. [default: on a terminal]'
complete -c swancli -n "__swancli_at metric" -l no-plot -d 'Draw the curve, or not. [default: on a terminal]'
complete -c swancli -n "__swancli_at metric" -l x -x -a 'step time relative' -d 'Quantity on the x axis of the plot. [default: step]'
complete -c swancli -n "__swancli_at metric" -l log-y -d 'Use a logarithmic y axis.'
complete -c swancli -n "__swancli_at metric" -l smooth -x -d 'Smoothing weight, 0 to 1: TensorBoard\'s exponential moving average.'
complete -c swancli -n "__swancli_at metric" -l overlay -d 'Draw all metrics in one plot, or each in its own. [default: one plot if their scales are similar]'
complete -c swancli -n "__swancli_at metric" -l no-overlay -d 'Draw all metrics in one plot, or each in its own. [default: one plot if their scales are similar]'
complete -c swancli -n "__swancli_at metric" -l width -x -d 'Width of the plot in columns.'
complete -c swancli -n "__swancli_at metric" -l height -x -d 'Height of the plot in lines. [default: what the terminal has room for]'
complete -c swancli -n "__swancli_at logs" -s n -l tail -x -d 'Print only the last N lines. [default: 200 on a terminal, otherwise all]'
complete -c swancli -n "__swancli_at logs" -s f -l follow -d 'Print new lines as they are written, until the run ends.'
complete -c swancli -n "__swancli_at logs" -s i -l interval -x -d 'Time between updates of --follow. [default: 0.5]'
complete -c swancli -n "__swancli_at logs" -l until-finished -d 'With --follow, also end when the run is stale; exit code 5 unless it finished.'
complete -c swancli -n "__swancli_at summary" -l sort -x -a 'name value min max' -d 'Column to sort by.'
complete -c swancli -n "__swancli_at summary" -l reverse -d 'Reverse the sort order.'
complete -c swancli -n "__swancli_at compare" -l all -d 'Include the rows that are the same in all runs.'
complete -c swancli -n "__swancli_at compare" -l sections -x -d 'Sections to show, separated by commas: config, metrics, system, packages. [default: config,metrics,system]'
complete -c swancli -n "__swancli_at compare" -l diff-requirements -d 'Include the packages of requirements.txt.'
complete -c swancli -n "__swancli_at compare" -l goal -x -d 'Which value of a metric to show, and which is the best: min, max, or last for the latest value and no best. NAME may be a glob. Can be repeated. [default: depends on the name]'
complete -c swancli -n "__swancli_at wait" -l for -x -k -a '(__swancli_ask column)' -d 'End with exit code 0 when this holds, such as \'train/loss < 0.5\'. Can be repeated: all must hold.'
complete -c swancli -n "__swancli_at wait" -l fail-if -x -k -a '(__swancli_ask column)' -d 'End with exit code 6 when this holds, such as \'train/loss is nan\'. Can be repeated: one is enough.'
complete -c swancli -n "__swancli_at wait" -l timeout -x -d 'End with exit code 124 after this time, such as 90s, 30m, 2h or 1h30m. Before the word wait, --timeout is the maximum time of a request to a dashboard, in seconds.'
complete -c swancli -n "__swancli_at wait" -l any -d 'With several experiments, end when the first one is done.'
complete -c swancli -n "__swancli_at wait" -l all -d 'With several experiments, end when all are done. This is the default.'
complete -c swancli -n "__swancli_at wait" -l exec -x -d 'At the end, run COMMAND with /bin/sh. SWANCLI_RUN_ID, SWANCLI_RUN_NAME, SWANCLI_RUN_STATE and SWANCLI_RUN_REASON in its environment describe what happened.'
complete -c swancli -n "__swancli_at wait" -s i -l interval -x -d 'Time between checks of the files. [default: 2]'
complete -c swancli -n "__swancli_at report" -s o -l output -r -F -d 'File to write; - is stdout. [default: report.html]'
complete -c swancli -n "__swancli_at report" -l title -x -d 'Title of the page. [default: the names of the runs]'
complete -c swancli -n "__swancli_at report" -l all -d 'Include every point of a curve, instead of a sample.'
complete -c swancli -n "__swancli_at top" -s m -l metrics -x -d 'Metrics whose charts are shown initially.'
complete -c swancli -n "__swancli_at top" -s i -l interval -x -d 'Time between checks of the data. [default: 1]'
complete -c swancli -n "__swancli_at export" -s o -l output -r -F -d 'Directory or file to write to.'
complete -c swancli -n "__swancli_at export" -l format -x -a 'parquet csv jsonl sqlite duckdb' -d 'Format. [default: by the suffix of PATH: .csv, .jsonl, .sqlite, .db, .duckdb; else parquet]'
complete -c swancli -n "__swancli_at export" -l engine -x -a 'local spark' -d 'What reads and writes the data: this process, or Spark for a Parquet data set of very many runs. [default: local]'
complete -c swancli -n "__swancli_at export" -l master -x -d 'Spark\'s master, such as spark://HOST:7077. [default: local[*]]'
complete -c swancli -n "__swancli_at serve" -l host -x -d 'Address to listen on. [default: 127.0.0.1]'
complete -c swancli -n "__swancli_at serve" -s p -l port -x -d 'Port to listen on; 0 picks a free one. [default: 5092]'
complete -c swancli -n "__swancli_at serve" -l token-file -r -F -d 'File with the bearer token that clients must send.'
complete -c swancli -n "__swancli_at serve" -l generate-token -d 'Generate a token, and print a link that contains it.'
complete -c swancli -n "__swancli_at serve" -l no-auth -d 'Disable authentication.'
complete -c swancli -n "__swancli_at serve" -l cors -x -d 'Allow cross-origin requests from this origin. Can be repeated.'
complete -c swancli -n "__swancli_at serve" -s q -l quiet -d 'Do not log requests.'
complete -c swancli -n "__swancli_at serve" -l open -d 'Open the page in the browser.'
complete -c swancli -n "__swancli_at serve" -l no-page -d 'Serve only the API, without the page.'
complete -c swancli -n "__swancli_at serve" -l stdio -d 'Answer on stdin and stdout; a client starts this over SSH.'
