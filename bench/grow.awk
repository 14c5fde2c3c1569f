# A history for fast-import, the same for the same seed: awk -v n=COMMITS -v tags=TAGS -v seed=SEED -f bench/grow.awk
# Most commits follow the conventions; one in ten is a merge of a branch of two, some revert; releases are tagged at even distances.
function pick(list, of) { return of[1 + int(rand() * list)] }
function commit(ref, message, from, merge) {
	mark++; clock += 1 + int(rand() * 600)
	printf "commit %s\nmark :%d\nauthor A%d <a%d@example.org> %d +0000\ncommitter C <c@example.org> %d +0000\ndata %d\n%s\n", ref, mark, mark % 97, mark % 97, clock - int(rand() * 5000), clock, length(message), message
	if (from) printf "from :%d\n", from
	if (merge) printf "merge :%d\n", merge
	return mark
}
function words(k,   s) { s = pick(12, word); while (--k > 0) s = s " " pick(12, word); return s }
function text(   s, k) {
	s = pick(8, type) (rand() < 0.4 ? "(" pick(6, scope) ")" : "") (rand() < 0.004 ? "!" : "") ": " words(3 + int(rand() * 6))
	if (rand() < 0.15) s = words(4)
	if (rand() < 0.6) { s = s "\n"; for (k = int(rand() * 5); k >= 0; k--) s = s "\n" words(8 + int(rand() * 5)) }
	if (rand() < 0.3) s = s "\n\nSigned-off-by: A" mark % 97 " <a" mark % 97 "@example.org>"
	return s "\n"
}
BEGIN {
	srand(seed)
	split("feat fix fix docs chore test refactor perf", type, " ")
	split("api core ui net build log", scope, " ")
	split("the a reader writes when index branch is found behind lock of", word, " ")
	clock = 1300000000; every = int(n / tags); minor = 0; major = 1; patch = 0; done = 0
	for (i = 0; mark < n; i++) {
		if (i % 10 == 9) {
			side = commit("refs/heads/side", text(), main)
			side = commit("refs/heads/side", text(), side)
			main = commit("refs/heads/main", text(), main)
			main = commit("refs/heads/main", "Merge branch 'side'\n", main, side)
		} else {
			main = commit("refs/heads/main", text(), main)
		}
		if (mark >= (done + 1) * every && done < tags) {
			done++
			if (rand() < 0.02) { major++; minor = 0; patch = 0 } else if (rand() < 0.4) { minor++; patch = 0 } else patch++
			printf "tag v%d.%d.%d\nfrom :%d\ntagger C <c@example.org> %d +0000\ndata 2\nv\n", major, minor, patch, main, clock
		}
	}
	print "done"
}
