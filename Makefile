# 届 Todoke: the commands to remember. `make` alone lists them.
PYTHON ?= python3
export PYTHON
FUZZ_SECONDS ?= 60
ifdef WHOLE
export SCALE ?= 50
export CASES ?= 1000000
endif
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test check faults fuzz bench docs lock

help: ## この一覧 / this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: ## 環境（.venv）を準備する / prepare .venv from the hashed lock
	@requirements/prepare.sh dev

demo: ## 見本の申請300件を最後まで運ぶ（ONCE=1 で照合して終了） / carry 300 sample applications through
	@requirements/prepare.sh run
	@$(BIN)/todoke demo $(if $(ONCE),--once)

test: setup ## すべての検査（SQLite と PostgreSQL、20分以内） / everything, on both databases
	@$(BIN)/python -m tests.support.suite all

check: setup ## 速い検査（書式・型・依存・規則） / the fast part
	@$(BIN)/python -m tests.support.suite fast

faults: setup ## 強制終了・電源断・障害の試験（N=強制終了の回数） / kills, power cuts, failures
	@$(BIN)/python -m tests.support.suite faults
	@$(BIN)/python -m tests.faults --kills $(or $(N),1000) $(if $(CUTS),--cuts $(CUTS)) $(if $(SWEEP),--sweep $(SWEEP))

fuzz: setup ## 外から来るバイト列を読む部品を無作為に試す（FUZZ_SECONDS=対象ごとの秒数） / fuzz the readers
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

bench: setup ## 性能の測定（下限と並べて。WHOLE=1 で百万件まで、数時間） / measure, beside the floor
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.reads
	@$(BIN)/python -m bench.worklist
	@$(BIN)/python -m bench.worklist --database postgresql
	@$(BIN)/python -m bench.endurance --drain $(or $(DRAIN),10000) $(if $(WHOLE),--loaded 1000000 --large)
	@$(BIN)/python -m bench.curve $(if $(WHOLE),,--sizes 1000 10000)
	@$(BIN)/python -m bench.fairness -n $(or $(FLOOD),1000)
	@$(BIN)/python -m bench.many_bodies -n $(if $(WHOLE),1788,60)
	@$(BIN)/python -m bench.programme
	@$(BIN)/python -m bench.rollup

docs: setup ## 文書の検査（用語集・設定・リンク） / check glossary, settings and links
	@$(BIN)/python -m tests.support.suite docs

lock: ## 依存の固定をやり直す（uv が必要） / lock the dependencies anew (needs uv)
	@requirements/lock.sh
