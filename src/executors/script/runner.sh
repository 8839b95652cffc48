# Mortar's runner: what a node does with a batch. It comes over standard input (see runner.ts), and behind it, for each
# batch, a few assignments (nonce, deadline, silence, ceiling, lock), the function `batch` with the commands, and `main`.
# Whole-line comments are taken out before it is sent. Written for bash 4.4 and later.
#
# Two processes: main (this shell, or a child of one that is kept for more batches) listens to the manager and keeps the
# time; its one child (the worker) leads a process group of its own in which the commands run. So whatever happens, main is
# there to end the group and to clean up.
# Forking is what costs on a node, so everything else is done with builtins. A batch of n commands forks n times, once more
# for each that is unstoppable, twice more for the worker and `rm`, with a lock for `flock`, another `rm` and perhaps
# `mkdir`, and in a kept shell for main.
#
# Descriptors: 0 the manager's words, 1 frames, 4 says that the batch is cut off, 5 and 6 what the command in progress
# prints, 7 its standard input, 8 read back, 9 the lock. 4 to 7 are files that lose their names at once, so nothing is
# left of them however this ends; they are opened anew through /proc/self/fd.
#
# A frame begins with the nonce, which nothing that prints can know:
#   NONCE hello                          the runner runs; everything before it is noise of the login
#   NONCE locked                         the lock is held
#   NONCE out|err LENGTH + that many bytes
#   NONCE ran INDEX ok|failed|skipped|flood EXITCODE
#   NONCE end done|failed|flood|deadline|cancelled|gone|killed|broken
# The manager says `beat` now and then, and `cancel`.

say() {
  printf '%s %s\n' "$nonce" "$*"
}

# now: hundredths of a second since boot. The wall clock may jump.
clock() {
  local up
  read -r up _ </proc/uptime
  now=$((10#${up/./}))
}

# at: how far the descriptor $1 has been read or written, by anyone who shares it.
position() {
  read -r _ at <"/proc/self/fdinfo/$1"
}

# ---- the worker -------------------------------------------------------------------------------------------------

# Takes what a command needs: defaults for the assignments that may stand before `step`.
fresh() {
  unless=() expect=' 0 ' want='' input='' has_input=0 optional=0 unstoppable=0 limit=$ceiling
}

# program: the path of the program named $1, so that it is started without a subshell (which would double the price)
# and is never taken for a builtin of this shell. Empty when the name is one of a builtin or of strange characters;
# then `exec` finds it. False when there is no such program.
locate() {
  program=$1
  if [[ $1 == */* ]]; then [[ -e $1 ]]; return; fi
  program=
  [[ $1 && $1 != *[!A-Za-z0-9._+-]* ]] || return 0
  hash -- "$1" && program=${BASH_CMDS[$1]-}
}

# Runs a program with standard input from $1 and output to the descriptors $2 and $3, without the lock: a daemon that it
# starts would hold it for ever. What is unstoppable runs below a shell that keeps the lock for it until it has ended.
execute() {
  local from=$1 out=$2 err=$3 program
  shift 3
  if ! locate "$1"; then
    printf '%s: command not found\n' "$1" >&"$err"
    return 127
  elif ((unstoppable)); then
    # In a process group of its own, which is out of reach of what ends the worker's.
    set -m
    hold "$from" "$out" "$err" "$@" </dev/null >/dev/null &
    set +m
    wait "$!"
  elif [[ $program ]]; then
    "$program" "${@:2}" <"$from" >&"$out" 2>&"$err" 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  else
    (exec -- "$@") <"$from" >&"$out" 2>&"$err" 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  fi
}

# The program could not keep the lock itself: LVM closes all that it inherits.
hold() {
  local unstoppable=0
  # Older shells give jobs these back.
  trap '' TTIN TTOU
  execute "$@"
  exit
}

# True when the guard says that there is nothing to do. `test` is a builtin here: it costs no fork.
holds() {
  local unstoppable=0
  if [[ $1 == test ]]; then "$@"; else execute /dev/null 2 2 "$@"; fi
}

# Success is an expected exit code and, where asked for, a text on stdout.
judge() {
  local all
  [[ $expect == *" $1 "* ]] || return 1
  [[ $want ]] || return 0
  IFS= read -r -N "$limit" all </proc/self/fd/5
  [[ $all == *"$want"* ]]
}

# Sends what is in the file behind descriptor $2 as frames of stream $1; false when it is more than the limit.
relay() {
  local chunk more=1 sent=0 at
  [[ -s /proc/self/fd/$2 ]] || return 0
  position "$2"
  ((at <= limit)) || return 1
  exec 8<"/proc/self/fd/$2"
  while ((more)); do
    IFS= read -r -N 65536 -u 8 chunk || more=0
    position 8
    ((at <= limit)) || return 1
    # bash drops NUL bytes: the position tells that there were some.
    if ((at - sent != ${#chunk})); then relay_rest "$1" "$2" "$sent"; return; fi
    ((at == sent)) || printf '%s %s %d\n%s' "$nonce" "$1" "$((at - sent))" "$chunk"
    sent=$at
  done
  return 0
}

# The same from byte $3 on for output with NUL bytes, at the price of some forks.
relay_rest() {
  local size
  size=$(wc -c <"/proc/self/fd/$2")
  ((size <= limit)) || return 1
  say "$1" "$((size - $3))"
  tail -c "+$(($3 + 1))" <"/proc/self/fd/$2" | head -c "$((size - $3))"
}

# Tells the manager how command $1 ended with exit code $2. TERM is put off, since half a frame could not be read.
report() {
  verdict=ok
  trap '' TERM
  judge "$2" || verdict=failed
  relay out 5 && relay err 6 || verdict=flood
  exec 8<&-
  say ran "$1" "$verdict" "$2"
  trap - TERM
}

# False when the batch is cut off, or main is gone and nobody would end it.
go_on() {
  [[ ! -s /proc/self/fd/4 ]] && kill -0 "$main"
}

# One command: number, then its argv. False ends the batch.
step() {
  local index=$1 from=/dev/null verdict code
  shift
  go_on || return 70
  if ((${#unless[@]})) && holds "${unless[@]}"; then
    say ran "$index" skipped 0
    return 0
  fi
  [[ ! -s /proc/self/fd/5 ]] || : >/proc/self/fd/5
  [[ ! -s /proc/self/fd/6 ]] || : >/proc/self/fd/6
  if ((has_input)); then
    # The text is a format in which every byte stands for itself: printf is the one builtin that can write a NUL.
    # shellcheck disable=SC2059
    printf -- "$input" >/proc/self/fd/7
    from=/proc/self/fd/7
  fi
  # Looked at after TERM is no longer put off: a TERM that was missed is seen here, a later one ends this shell.
  go_on || return 70
  execute "$from" 5 6 "$@"
  code=$?
  report "$index" "$code"
  case $verdict in
  ok) return 0 ;;
  failed) ((optional)) && return 0 || return 71 ;;
  *) return 72 ;;
  esac
}

perform() {
  if [[ $lock ]]; then
    flock 9 || return 78
    # The holder before us removes the file; then what we hold is no longer what the name stands for.
    [[ $lock -ef /proc/self/fd/9 ]] || return 77
    say locked
  fi
  batch
}

work() {
  local outcome
  trap - USR1 HUP INT TERM
  # sudo may give us a terminal; who asks it something gets an error instead of being stopped until the deadline.
  trap '' TTIN TTOU
  perform
  outcome=$?
  kill -USR1 "$main"
  exit "$outcome"
}

# ---- main -------------------------------------------------------------------------------------------------------

open_spool() {
  local base
  umask 077
  # Without clobbering, a file is made only if it was not there: nobody can plant one in /tmp.
  set -o noclobber
  for base in /run /tmp; do
    spool=$base/mortar.$nonce
    if : >"$spool.4" && : >"$spool.5" && : >"$spool.6" && : >"$spool.7"; then break; fi
    unname_spool
  done 2>/dev/null
  set +o noclobber
  umask 022
  [[ $spool ]] && exec 4>>"$spool.4" 5>>"$spool.5" 6>>"$spool.6" 7>>"$spool.7"
}

# Done while the worker is at work already, which may make it end first.
unname_spool() {
  [[ $spool ]] || return 0
  rm -f -- "$spool.4" "$spool.5" "$spool.6" "$spool.7"
  spool=
}

# /run is root's; without root the locks of a user are in a directory of theirs.
place_lock() {
  local directory=/run/mortar
  [[ -w /run ]] || directory=/tmp/mortar-$EUID
  lock=$directory/$lock.lock
}

# The directory goes with its last lock (see `release`), so it may vanish before the file is made.
open_lock() {
  local directory=${lock%/*}
  for _ in 1 2 3 4 5; do
    [[ -d $directory ]] || mkdir -m 700 -- "$directory"
    if [[ -O $directory && ! -L $directory ]] && exec 9>>"$lock"; then return 0; fi
  done 2>/dev/null
  return 1
}

# Removes the lock's file, which only its holder may do. After a cut it may be held by an unstoppable command, through
# the descriptor it shares with us, so we must ask with a new one; whoever comes next removes it then.
release() {
  [[ $lock ]] || return 0
  if [[ $1 == left ]]; then
    exec 9>&-
    [[ -e $lock ]] || return 0
    { exec 9>>"$lock"; } 2>/dev/null && flock -n 9 || return 0
  fi
  [[ $lock -ef /proc/self/fd/9 ]] || return 0
  rm -df -- "$lock" "${lock%/*}" 2>/dev/null
}

# True while there is a process in the worker's group. Zombies do not count: their parent may never ask for them.
alive() {
  local stat line
  for stat in /proc/[0-9]*/stat; do
    { IFS= read -r -d '' line <"$stat"; } 2>/dev/null
    # What follows the name in brackets: state, parent, group.
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [[ ${3-} != "$worker" || $1 == [ZX] ]] || return 0
  done
  return 1
}

# Ends the worker's group: TERM, KILL after five seconds. What hangs in the kernel is waited for, with the lock held.
quell() {
  local now begun next=0 pause=0.1
  clock
  begun=$now
  while alive; do
    if ((now - begun >= 500)); then
      kill -KILL -- "-$worker"
      pause=0.5
    elif ((now >= next)); then
      # Again every second: the worker may have had no ear for the first.
      kill -TERM -- "-$worker"
      next=$((now + 100))
    fi
    sleep "$pause"
    clock
  done 2>/dev/null
}

# The end, when the worker has said so. What its commands left running in the group goes with it.
finish() {
  trap '' USR1 HUP INT TERM
  unname_spool
  ! kill -0 -- "-$worker" 2>/dev/null || quell
  release held
  say end "$1"
  exit 0
}

# The end, when it is not for the worker to say. Whether it holds the lock is not known then.
cut() {
  trap '' USR1 HUP INT TERM
  printf x >&4
  unname_spool
  quell
  release left
  say end "$1"
  exit 0
}

fail() {
  trap '' USR1 HUP INT TERM
  unname_spool
  printf '%s\n' "$1" >&2
  say end broken
  exit 0
}

launch() {
  again=0
  [[ -z $lock ]] || open_lock || fail "the lock $lock cannot be opened"
  set -m
  work </dev/null 2>/dev/null &
  worker=$!
  set +m
}

# Called by the worker's USR1, which may come before `launch` has noted its number.
settle() {
  worker=$!
  wait "$worker" 2>/dev/null
  case $? in
  0) finish 'done' ;;
  71) finish failed ;;
  72) finish flood ;;
  77) again=1 ;;
  78) fail 'flock failed' ;;
  *) cut killed ;;
  esac
}

# Listens until the worker's signal comes. Every now and then it looks at what sends no signal; rarely the worker's own
# signal comes just before the wait and is seen after it, so a young batch is looked at more often.
watch() {
  local line word='' code now begun heard pause fd at
  clock
  begun=$now heard=$now
  while :; do
    pause=$(((now - begun) / 8))
    pause=$((pause < 5 ? 5 : pause > 20 ? 20 : pause))
    printf -v pause '0.%02d' "$pause"
    # Without `IFS=`: it would hold in the traps that run while this waits.
    read -r -t "$pause" line
    code=$?
    clock
    # The wait may be over in the middle of a word.
    word+=$line
    if ((code == 0)); then
      # Now and then bash loses a letter when its time is over just as the letter comes: the words share too few to be
      # taken for each other.
      [[ $word != *[cnl]* ]] || cut cancelled
      word='' heard=$now
    elif ((code < 128)); then
      cut gone
    fi
    ((now - begun < deadline)) || cut deadline
    ((now - heard < silence)) || cut gone
    for fd in 5 6; do
      position "$fd"
      ((at <= ceiling)) || cut flood
    done
    if ((again)); then launch; elif ! kill -0 "$worker" 2>/dev/null; then settle; fi
  done
}

main() {
  export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  # The lock's descriptor would make LVM complain on stderr.
  export LVM_SUPPRESS_FD_WARNINGS=1
  local spool
  # Not `$$`: of a shell that is kept for many batches this is a child, and `$$` would be the shell.
  main=$BASHPID
  say hello
  cd / || :
  open_spool || fail 'neither /run nor /tmp can be written'
  [[ -z $lock ]] || place_lock
  trap settle USR1
  trap 'cut gone' HUP INT TERM
  launch
  unname_spool
  watch
}
