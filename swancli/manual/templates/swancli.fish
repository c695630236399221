# Completion of swancli for fish 3 or newer. Made by scripts/make_docs.py from the command tree: edit that.
#
# Commands, options and their values are known here; only for experiments and metrics swancli itself is asked.

# The options of a command that take a value; a plus sign behind those that take two.
function __swancli_valued
    switch "$argv[1]"
@VALUED@
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
@COMPLETE@
