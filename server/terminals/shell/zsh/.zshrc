# Found by zsh through ZDOTDIR. The marks are those of ../integration.bash.

__slidecar_nonce=$SLIDECAR_NONCE
unset SLIDECAR_NONCE ZDOTDIR

SAVEHIST=2000
HISTSIZE=2000
setopt PROMPT_SUBST INTERACTIVE_COMMENTS HIST_IGNORE_SPACE
PS1='%B%F{cyan}${PWD#"$SLIDECAR_FOLDER"}%f%b$ '
PS2='> '
unset RPS1
# A command that Run pastes is to look like one that is typed.
zle_highlight=(paste:none)

# The first Tab loads completion: it takes longer than the first prompt may.
__slidecar_complete() {
	zle -D __slidecar_complete
	bindkey '^I' expand-or-complete
	autoload -Uz compinit && compinit -u
	(( $+commands[kubectl] )) && source <(kubectl completion zsh)
	zle expand-or-complete
}
zle -N __slidecar_complete
bindkey '^I' __slidecar_complete

[[ -r ~/.zshrc ]] && source ~/.zshrc

__slidecar_ran=
__slidecar_first=1

__slidecar_start() {
	__slidecar_ran=1
	printf '\e]133;C;aid=%s\a' "$__slidecar_nonce"
}

__slidecar_done() {
	local code=$?
	if [[ -n $__slidecar_ran ]]; then
		printf '\e]133;D;%s;aid=%s\a' "$code" "$__slidecar_nonce"
	elif [[ -z $__slidecar_first ]]; then
		printf '\e]133;D;aid=%s\a' "$__slidecar_nonce"
	fi
	__slidecar_ran=
	__slidecar_first=
	local start=$'%{\e]133;A;aid='$__slidecar_nonce$'\a%}' end=$'%{\e]133;B;aid='$__slidecar_nonce$'\a%}'
	[[ $PS1 == "$start"* ]] || PS1=$start$PS1$end
	return $code
}

preexec_functions=(__slidecar_start $preexec_functions)
precmd_functions=(__slidecar_done $precmd_functions)
