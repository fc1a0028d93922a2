// What a host does in every environment, and with the same result. Plain JavaScript, run by Node and by
// Chromium as it stands.

const LINES = [
  'kubectl get nodes -o wide',
  'echo 안녕하세요 | gzip | zcat',
  'kubectl get nodes | sudo gzip | sudo zcat',
  'kubectl get nodes | gzip -9 > nodes.gz; zcat nodes.gz; gunzip nodes.gz; wc -l nodes',
  'echo broken > broken.gz; gunzip broken.gz',
  'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -subject -issuer -dates',
  'kubeadm certs check-expiration',
  "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: greeting }\ndata: { text: 안녕하세요 }\nEOF",
  "kubectl get configmap greeting -o jsonpath='{.data.text}' | sudo grep -c 안녕",
  'etcdctl --endpoints 127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt ' +
    '--cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key snapshot save backup.db',
  'ls -l; base64 -w0 backup.db | wc -c; cat broken.gz | base64 | base64 -d',
  'systemctl is-active kubelet; journalctl -u kubelet | head -3; crictl ps',
  'kubectl drain node-1 --ignore-daemonsets',
  'ssh node-1',
  'cd /var/lib/kubelet; hostname; ls',
  'exit',
  'for n in 1 2 3; do echo "$n"; done | sed s/2/two/ | awk \'{ print NR": "$1 }\'; sleep 30; date',
]

/** Types lines into the shell of a control plane. Returns what each printed, where it led, and the trace. */
export async function playPrograms({ SimCluster }, { hostOf }) {
  const cluster = new SimCluster({ nodes: 2, seed: 7 })
  const host = hostOf(cluster, 'master')
  const results = []
  for (const line of LINES) {
    const result = await host.sh(line)
    results.push({ line, ...result, at: `${host.user}@${host.name}:${host.workingDirectory}` })
  }
  return { results, traceHash: cluster.state.traceHash() }
}

/** Breaks and solves lessons. Returns whether each shows its symptom, is unsolved before, and solved after. */
export async function playLessons({ LESSONS, isSolved, openDesk }, ids) {
  const results = []
  for (const lesson of LESSONS.filter(({ id }) => ids === undefined || ids.includes(id))) {
    const desk = await openDesk(lesson)
    const { stdout, stderr } = await desk.master.sh(lesson.shows.run)
    const solvedBefore = await isSolved(lesson, desk)
    await desk.master.sh(lesson.solution)
    results.push({
      id: lesson.id,
      shows: lesson.shows.prints.test(stdout + stderr),
      solvedBefore,
      solved: await isSolved(lesson, desk),
      traceHash: desk.cluster.state.traceHash(),
    })
  }
  return results
}
