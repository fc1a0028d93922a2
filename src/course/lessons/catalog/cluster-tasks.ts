import { goal, isAmount, isUp, objectOf, nodesAreReady, apiserverResponds, templateOf } from '../goals.js'
import { addMachine } from '../../../host/index.js'
import { changing, gone, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { claimsReady, deployment, ETCD_FLAGS, lines, MANIFESTS, patch, PROBE, told } from '../shared.js'

/** Chapter 8: tasks on the whole cluster: join a node, restore etcd, scale by load. */
export const clusterTaskLessons: readonly LessonSource[] = [
  lesson('expired-join-token', 'hard', 8, (draw) => {
    const node = draw.one('node-3', 'worker-9', 'gpu-1')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '들어오지 못하는 새 노드',
          `새 머신 ${node}를 클러스터에 넣어야 합니다. 어제 적어 둔 명령(/root/join.sh)으로는 들어가지지 않습니다: ssh ${node} "$(cat ` +
            `join.sh)"`,
          [
            'kubeadm token list: 토큰의 수명은 하루입니다.',
            'kubeadm token create --print-join-command',
            `출력된 명령을 ssh ${node}로 실행하세요.`,
          ],
          '부트스트랩 토큰은 24시간 뒤에 만료됩니다. 새 토큰을 만들면 되고, 클러스터의 CA는 그대로이므로 해시도 같습니다.',
        ),
        en: told(
          'A new node that is not let in',
          `The new machine ${node} should join the cluster. The command that was noted yesterday ` +
            `(/root/join.sh) does not work any more: ssh ${node} "$(cat join.sh)"`,
          [
            'kubeadm token list: a token lives for a day.',
            'kubeadm token create --print-join-command',
            `Run the command that it prints by ssh ${node}.`,
          ],
          'A bootstrap token expires after 24 hours. Create another one; the CA of the cluster is the ' +
            'same, and so is its hash.',
        ),
      },
      start: async ({ cluster, master }) => {
        addMachine(cluster, node)
        await master.sh('kubeadm token create --print-join-command > /root/join.sh')
        cluster.advance('25h')
      },
      shows: { run: `kubectl get node ${node}`, prints: /NotFound/ },
      goals: [
        goal(
          `${node} is a Ready node, by its own kubelet.`,
          `${node}가 자기 kubelet으로 Ready인 노드가 되었습니다.`,
          ({ cluster }) => {
            const isReady = (): boolean =>
              cluster.state
                .peek('nodes')
                .some(
                  ({ metadata, status }) =>
                    metadata.name === node &&
                    status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ===
                      true,
                )
            if (!cluster.internals.until(isReady, '3m') || !cluster.nodes().some(({ name }) => name === node))
              return false
            cluster.kubectl([
              'kubectl',
              'run',
              PROBE,
              '--image=nginx',
              `--overrides={"spec":{"nodeName":"${node}"}}`,
            ])
            return cluster.internals.until(
              () => objectOf(cluster, 'pods', PROBE)?.status.phase === 'Running',
              '3m',
            )
          },
        ),
        nodesAreReady,
        keepsTheRest({
          [`nodes/${node}`]: gone,
          'secrets/kube-system/*': gone,
          'configmaps/kube-public/cluster-info': gone,
        }),
      ],
      solution: lines(`ssh ${node} "$(kubeadm token create --print-join-command)"`, 'sleep 60'),
      wrongRepairs: [
        lines(`ssh ${node} "$(cat join.sh)"`, 'sleep 60'),
        `kubeadm token create`,
        `echo '{"apiVersion":"v1","kind":"Node","metadata":{"name":"${node}"}}' | kubectl create -f -`,
        lines(
          `echo '{"apiVersion":"v1","kind":"Node","metadata":{"name":"${node}"}}' | kubectl create -f -`,
          claimsReady(node),
        ),
        `scp /etc/kubernetes/admin.conf ${node}:/etc/kubernetes/kubelet.conf; ssh ${node} systemctl ` +
          `restart kubelet; sleep 60`,
      ],
    }
  }),
  lesson('etcd-restore', 'hard', 10, (draw) => {
    const shop = draw.one('shop', 'team', 'login')
    const path = '/root/snapshot.db'
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '지워진 네임스페이스',
          `누군가 네임스페이스 ${shop}을 지웠습니다. 그 직전의 etcd 스냅샷이 ${path}에 있습니다. 클러스터를 그때로 되돌리세요.`,
          [
            `etcdutl snapshot status ${path}`,
            `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
            `${MANIFESTS}/etcd.yaml의 hostPath를 새 디렉터리로 바꾸면 kubelet이 etcd를 다시 띄웁니다.`,
          ],
          '스냅샷은 새 데이터 디렉터리로 풀고, etcd의 매니페스트가 그것을 가리키게 합니다. 원래 디렉터리 위에는 풀 수 없고, 그래야 실수해도 돌아갈 수 있습니다.',
        ),
        en: told(
          'A deleted namespace',
          `Somebody deleted the namespace ${shop}. A snapshot of etcd from right before is ${path}. ` +
            `Bring the cluster back to that moment.`,
          [
            `etcdutl snapshot status ${path}`,
            `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
            `Point the hostPath in ${MANIFESTS}/etcd.yaml to the new directory; the kubelet restarts etcd.`,
          ],
          "A snapshot is restored to a new data directory, and etcd's manifest pointed at it. It " +
            'cannot be restored over the old one, which is your way back.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.kubectl(`create namespace ${shop}`)
        cluster.settle()
        cluster.kubectl(`create configmap prices -n ${shop} --from-literal=coffee=3`)
        cluster.kubectl(`create deployment till -n ${shop} --image=nginx --replicas=2`)
        cluster.settle()
        await master.sh(`etcdctl ${ETCD_FLAGS} snapshot save ${path}`)
        cluster.kubectl(`delete namespace ${shop}`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl get all -n ${shop}`, prints: /No resources found/ },
      goals: [
        apiserverResponds,
        goal(
          `${shop} has its ConfigMap prices and its Deployment till, as they were: the same objects.`,
          `${shop}에 컨피그맵 prices와 디플로이먼트 till이 그때의 객체 그대로 있습니다.`,
          ({ cluster, master, begun }) => {
            cluster.internals.until(() => cluster.apiserver.running, '2m')
            const [prices] = cluster.state.peek('configmaps', {
              namespace: shop,
              fieldSelector: 'metadata.name=prices',
            })
            const [till] = cluster.state.peek('deployments', {
              namespace: shop,
              fieldSelector: 'metadata.name=till',
            })
            // the namespace had been away for a minute when the lesson began
            const lost = begun.cluster.now() - 30_000
            const saved = Date.parse(till?.metadata.creationTimestamp ?? '') < lost
            return (
              prices?.data?.['coffee'] === '3' &&
              till?.spec.replicas === 2 &&
              saved &&
              master.read(path) !== undefined
            )
          },
        ),
        goal('Two pods of till are ready.', 'till의 포드 둘이 준비되어 있습니다.', ({ cluster }) =>
          cluster.internals.until(
            () => cluster.state.peek('deployments', { namespace: shop })[0]?.status?.readyReplicas === 2,
            '6m',
          ),
        ),
        nodesAreReady,
        keepsTheRest({ [`${MANIFESTS}/etcd.yaml`]: gone }),
      ],
      solution: lines(
        `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
        `sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`,
        'sleep 120',
      ),
      wrongRepairs: [
        lines(
          `kubectl create namespace ${shop}`,
          `kubectl create deployment till -n ${shop} --image=nginx --replicas=2`,
          `kubectl create configmap prices -n ${shop} --from-literal=coffee=3`,
          'sleep 60',
        ),
        `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
        lines(
          `sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`,
          'sleep 120',
        ),
        `kubectl create namespace ${shop}`,
        lines(`rm ${MANIFESTS}/etcd.yaml`, 'sleep 60'),
        // the restored etcd has the guard again, but it was away
        lines(
          'kubectl delete clusterrolebinding kubeadm:node-autoapprove-bootstrap',
          `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
          `sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`,
          'sleep 120',
        ),
      ],
    }
  }),
  lesson('autoscaler-without-requests', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka', 'ckad'],
      options: { nodes: 2, addons: { metricsServer: true } },
      texts: {
        ko: told(
          '<unknown>만 보이는 오토스케일러',
          `HPA ${web}의 TARGETS가 <unknown>입니다. metrics-server는 잘 동작합니다. 오토스케일러의 설정은 맞습니다.`,
          [
            `kubectl describe hpa ${web}: FailedGetResourceMetric`,
            '사용률은 요청량에 대한 백분율입니다. 요청량이 있나요?',
            `${web}가 CPU 100m를 요청하게 하세요.`,
          ],
          '사용률(%)은 사용량을 요청량으로 나눈 값이라, 요청량이 없으면 계산할 수 없습니다.',
        ),
        en: told(
          'An autoscaler that sees <unknown>',
          `TARGETS of the HPA ${web} is <unknown>. metrics-server works, and the autoscaler is set up right.`,
          [
            `kubectl describe hpa ${web}: FailedGetResourceMetric`,
            'Utilization is a percentage of the request. Is there one?',
            `Let ${web} request 100m of CPU.`,
          ],
          'Utilization is usage divided by the request, and cannot be computed without one.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'autoscaling/v2',
            kind: 'HorizontalPodAutoscaler',
            metadata: { name: web },
            spec: {
              scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: web },
              minReplicas: 2,
              maxReplicas: 5,
              metrics: [
                {
                  type: 'Resource',
                  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
                },
              ],
            },
          },
        ])
        cluster.advance('3m')
      },
      shows: { run: `kubectl get hpa ${web}`, prints: /<unknown>\/80%/ },
      goals: [
        goal(
          `The autoscaler knows the utilization of ${web}.`,
          `오토스케일러가 ${web}의 사용률을 압니다.`,
          ({ cluster }) =>
            cluster.internals.until(
              () =>
                objectOf(cluster, 'horizontalpodautoscalers', web)?.status?.conditions?.some(
                  ({ type, status }) => type === 'ScalingActive' && status === 'True',
                ) === true,
              '5m',
            ),
        ),
        isUp(web),
        goal(
          `${web} requests 100m of CPU.`,
          `${web}가 CPU 100m를 요청합니다.`,
          // of a container that has only a limit the limit is the request
          ({ cluster }) => {
            const { requests, limits } = templateOf(cluster, web)?.containers[0]?.resources ?? {}
            return isAmount(requests?.['cpu'] ?? limits?.['cpu'], { from: '100m', to: '100m' })
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources', 'spec.replicas'),
        }),
      ],
      solution: lines(`kubectl set resources deployment ${web} --requests=cpu=100m`, 'sleep 120'),
      wrongRepairs: [
        lines(
          `kubectl delete hpa ${web}`,
          `kubectl autoscale deployment ${web} --min=2 --max=5 --cpu-percent=80`,
          'sleep 120',
        ),
        lines(`kubectl set resources deployment ${web} --requests=memory=64Mi`, 'sleep 120'),
        lines(`kubectl scale deployment ${web} --replicas=5`, 'sleep 60'),
        `kubectl delete hpa ${web}`,
        lines(
          `kubectl set resources deployment ${web} --requests=cpu=100m`,
          patch(`hpa ${web}`, { spec: { maxReplicas: 2 } }),
          'sleep 120',
        ),
      ],
    }
  }),
]
