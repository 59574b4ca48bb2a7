# Given to bash as its rcfile. It marks prompts and commands with OSC 133 (A prompt, B input, C running,
# D;code done), each with the server's nonce, so that no program's output is mistaken for them.
# No DEBUG trap: PS0 is printed when a command starts, PROMPT_COMMAND runs when the prompt is due.

__slidecar_nonce=$SLIDECAR_NONCE
unset SLIDECAR_NONCE

HISTCONTROL=ignoreboth
HISTSIZE=2000
shopt -s checkwinsize histappend
# A command that Run pastes is to look like one that is typed.
bind 'set enable-active-region off' 2>/dev/null
# Empty at the working folder's root, else the folder: a slide has no room for a longer prompt.
PS1='\[\e[1;36m\]${PWD#"$SLIDECAR_FOLDER"}\[\e[0m\]$ '

# Completion takes longer to load than the first prompt may, so the first Tab loads it.
for __slidecar_completion in /usr/share/bash-completion/bash_completion \
	/opt/homebrew/etc/profile.d/bash_completion.sh /usr/local/etc/profile.d/bash_completion.sh; do
	[[ -r $__slidecar_completion ]] || continue
	__slidecar_complete_kubectl() {
		complete -r kubectl
		. "$__slidecar_completion"
		. <(kubectl completion bash) && return 124
	}
	complete -F __slidecar_complete_kubectl kubectl
	break
done

[[ -r ~/.bashrc ]] && . ~/.bashrc

# Set by PS0 through an arithmetic expansion, which needs no subshell; the variable it expands must be set.
__slidecar_ran=
__slidecar_first=1
__slidecar_text=x

__slidecar_done() {
	local code=$?
	if [[ -n $__slidecar_ran ]]; then
		printf '\e]133;D;%s;aid=%s\a' "$code" "$__slidecar_nonce"
	elif [[ -z $__slidecar_first ]]; then
		printf '\e]133;D;aid=%s\a' "$__slidecar_nonce"
	fi
	__slidecar_ran=
	__slidecar_first=
	return "$code"
}

__slidecar_prompt() {
	local code=$?
	local start="\[\e]133;A;aid=$__slidecar_nonce\a\]" end="\[\e]133;B;aid=$__slidecar_nonce\a\]"
	[[ $PS1 == "$start"* ]] || PS1=$start$PS1$end
	return "$code"
}

PS0='\e]133;C;aid='$__slidecar_nonce'\a${__slidecar_text:$((__slidecar_ran=1)):0}'
PROMPT_COMMAND=(__slidecar_done "${PROMPT_COMMAND[@]}" __slidecar_prompt)
