import {
  comesUp,
  endpointsOf,
  goal,
  isAmount,
  isUp,
  nodesAreReady,
  podsOf,
  runsAsBefore,
  templateOf,
} from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, MANIFESTS, told } from '../shared.js'

/** Chapter 8: incidents with two faults. */
export const incidentLessons: readonly LessonSource[] = [
  lesson('incident-two-doors', 'hard', 7, (draw) => {
    const web = draw.app()
    const port = draw.one(8080, 8000, 3000)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: told(
          '하나를 고쳐도 여전히 닿지 않는 서비스',
          `서비스 ${web}에 아무도 닿지 못합니다. 원인이 하나가 아닐 수 있습니다.`,
          [
            'kubectl describe service의 Endpoints와 TargetPort',
            '포드의 레이블과 서비스의 셀렉터를 비교하세요.',
            '엔드포인트가 생겨도 연결이 거부된다면 포트를 보세요.',
          ],
          `셀렉터의 tier가 틀렸고, targetPort도 ${port}로 틀렸습니다. 장애 하나를 고친 다음에는 반드시 처음의 증상을 다시 확인해야 합니다.`,
        ),
        en: told(
          'One repair is not enough',
          `Nobody reaches the Service ${web}. There may be more than one cause.`,
          [
            'Endpoints and TargetPort in kubectl describe service',
            'Compare the labels of the pods with the selector of the Service.',
            'If there are endpoints and connections are refused, look at the port.',
          ],
          `The selector had a wrong tier, and targetPort was ${port}. After one repair, always check the ` +
            `symptom again.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: web, tier: 'back' }, ports: [{ port: 80, targetPort: port }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl exec deployment/${web} -- wget -qO- -T 2 http://${web}`, prints: /exit code/ },
      goals: [
        goal(
          `Clients reach the Service ${web} on port 80.`,
          `클라이언트가 서비스 ${web}의 80번 포트에 닿습니다.`,
          ({ cluster }) =>
            cluster.settle().network.connect({ from: { node: 'node-1' }, to: `default/${web}`, port: 80 })
              .connected,
        ),
        goal(
          'It leads to both pods of the Deployment, and to no other.',
          '디플로이먼트의 포드 둘로만 이어집니다.',
          (desk) => {
            if (!comesUp(desk, web, 2)) return false
            const own = podsOf(desk.cluster, web).map(({ metadata }) => metadata.name)
            const reached = endpointsOf(desk.cluster, web).map(({ targetRef }) => targetRef?.name)
            return reached.length === own.length && reached.every((name) => own.includes(name))
          },
        ),
        keepsTheRest({ [`services/${web}`]: changing('spec.selector', 'spec.ports.*.targetPort') }),
      ],
      solution: jsonPatch(`service ${web}`, [
        { op: 'remove', path: '/spec/selector/tier' },
        { op: 'replace', path: '/spec/ports/0/targetPort', value: 80 },
      ]),
      wrongRepairs: [
        jsonPatch(`service ${web}`, [{ op: 'remove', path: '/spec/selector/tier' }]),
        jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
        lines(
          `kubectl label pods -l app=${web} tier=back`,
          jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
          'sleep 20',
        ),
        lines(
          `kubectl run ${web} --image=nginx -l app=${web},tier=back`,
          jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
          'sleep 20',
        ),
        `kubectl delete service ${web}`,
      ],
    }
  }),
  lesson('incident-node', 'hard', 7, (draw) => {
    const web = draw.app()
    const [node] = draw.nodes('node-2')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '돌아온 뒤에도 비어 있는 노드',
          `${web}의 포드 여섯 가운데 일부가 Pending입니다. ${node}이 NotReady인 것은 분명하지만, 그것만 고쳐서는 끝나지 않습니다.`,
          [
            `ssh ${node} systemctl status kubelet`,
            '노드가 Ready가 된 뒤 kubectl get nodes의 STATUS를 끝까지 읽으세요.',
          ],
          'kubelet이 멈춰 있었고, 누군가 그 전에 노드를 cordon해 두었습니다. Ready가 되어도 저지선은 사람이 풀어야 합니다.',
        ),
        en: told(
          'A node that is back and stays empty',
          `Of six pods of ${web} some are Pending. That ${node} is NotReady is plain to see, but ` +
            `repairing that is not all.`,
          [
            `ssh ${node} systemctl status kubelet`,
            'Once the node is Ready, read all of STATUS in kubectl get nodes.',
          ],
          'The kubelet was stopped, and before that somebody had cordoned the node. A node that is Ready ' +
            'again stays cordoned until somebody uncordons it.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.kubectl(`cordon ${node}`)
        await master.sh(`ssh ${node} systemctl stop kubelet`)
        cluster.apply([deployment(web, { resources: { requests: { cpu: '900m' } } }, {}, 6)])
        cluster.advance('2m')
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        nodesAreReady,
        isUp(web, 6),
        goal(`Pods can be placed on ${node}.`, `${node}에 포드를 둘 수 있습니다.`, ({ cluster }) =>
          cluster.state
            .peek('nodes')
            .some(({ metadata, spec }) => metadata.name === node && spec.unschedulable !== true),
        ),
        keepsTheRest({ [`nodes/${node}`]: changing('spec.unschedulable', 'spec.taints') }),
      ],
      solution: lines(`ssh ${node} systemctl start kubelet`, `kubectl uncordon ${node}`, 'sleep 60'),
      wrongRepairs: [
        lines(`ssh ${node} systemctl start kubelet`, 'sleep 60'),
        lines(`kubectl uncordon ${node}`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=3`, 'sleep 60'),
        lines(
          `kubectl set resources deployment ${web} --requests=cpu=100m`,
          `kubectl uncordon ${node}`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('incident-control-plane', 'hard', 9, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '늘어나지도, 자리를 찾지도 않습니다',
          `${web}를 넷으로 늘렸는데 포드의 수가 그대로입니다. kubectl은 잘 됩니다.`,
          [
            'crictl ps: 넷이 있어야 합니다.',
            'ls /root; tail -2 /var/log/kube-controller-manager.log',
            '포드가 생긴 다음에는 자리를 찾는지도 확인하세요.',
          ],
          'controller-manager는 없는 kubeconfig를 가리켰고, 스케줄러의 매니페스트는 옮겨져 있었습니다. 앞의 것이 고쳐져야 뒤의 것이 드러납니다.',
        ),
        en: told(
          'Nothing grows, nothing is placed',
          `${web} was scaled to four, and the number of its pods does not change. kubectl works.`,
          [
            'crictl ps: there should be four.',
            'ls /root; tail -2 /var/log/kube-controller-manager.log',
            'When pods appear, check that they get a node.',
          ],
          'The controller-manager named a kubeconfig that does not exist, and the manifest of the ' +
            'scheduler had been moved. The second fault only shows once the first is repaired.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.apply([deployment(web, {})])
        cluster.settle()
        await master.sh(
          `sed -i 's#/etc/kubernetes/controller-manager.conf#/etc/kubernetes/controller.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml; ` +
            `mv ${MANIFESTS}/kube-scheduler.yaml ${draw.one('/root', '/tmp')}/`,
        )
        cluster.kubectl(`scale deployment ${web} --replicas=4`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /2\/4/ },
      goals: [
        runsAsBefore('kube-controller-manager'),
        runsAsBefore('kube-scheduler'),
        isUp(web, 4),
        keepsTheRest(),
      ],
      solution: lines(
        `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/controller-manager.conf#' ` +
          `${MANIFESTS}/kube-controller-manager.yaml`,
        `mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/controller-manager.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml`,
          'sleep 60',
        ),
        lines(`mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`, 'sleep 60'),
        lines(
          `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/admin.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml`,
          `mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines(
          `kubectl run ${web}-3 --image=nginx -l app=${web}`,
          `kubectl run ${web}-4 --image=nginx -l app=${web}`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('incident-quota-image', 'hard', 6, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '배포가 두 번 막혔습니다',
          `${web}는 nginx로 셋이 실행되어야 하는데 하나도 준비되지 않았습니다. 네임스페이스에는 포드를 여덟까지 허용합니다.`,
          [
            'kubectl get pods; kubectl describe replicaset',
            'kubectl describe quota',
            '이미지의 이름을 한 글자씩 읽으세요.',
          ],
          '이미지의 이름이 틀렸고, 리소스쿼터는 포드를 둘만 허용했습니다. 이미지를 고쳐도 셋째 포드는 만들어지지 않습니다.',
        ),
        en: told(
          'A rollout that is blocked twice',
          `${web} should run nginx three times, and no pod is ready. The namespace is to allow eight pods.`,
          [
            'kubectl get pods; kubectl describe replicaset',
            'kubectl describe quota',
            'Read the name of the image letter by letter.',
          ],
          'The image was misspelt, and the ResourceQuota allowed two pods. With the right image, the ' +
            'third pod is still not created.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'pods' },
            spec: { hard: { pods: '2' } },
          },
        ])
        cluster.settle()
        cluster.apply([deployment(web, { image: draw.one('ngnix', 'ngimx', 'nginxx') }, {}, 3)])
        cluster.advance('2m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/3/ },
      goals: [
        isUp(web, 3),
        goal(
          `${web} runs nginx, and the quota allows eight pods.`,
          `${web}가 nginx를 실행하고, 쿼터가 포드 여덟을 허용합니다.`,
          ({ cluster }) =>
            /^(docker\.io\/(library\/)?)?nginx(:[\w.-]+)?$/.test(
              templateOf(cluster, web)?.containers[0]?.image ?? '',
            ) &&
            cluster.state
              .peek('resourcequotas', { namespace: 'default' })
              .some(({ spec }) => isAmount(spec.hard?.['pods'], { from: '8', to: '8' })),
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.image'),
          'resourcequotas/pods': changing('spec.hard.pods'),
        }),
      ],
      solution: lines(
        `kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`,
        `kubectl set image deployment/${web} ${web}=nginx`,
        'sleep 120',
      ),
      wrongRepairs: [
        lines(`kubectl set image deployment/${web} ${web}=nginx`, 'sleep 120'),
        lines(
          'kubectl delete resourcequota pods',
          `kubectl set image deployment/${web} ${web}=nginx`,
          'sleep 120',
        ),
        lines(
          `kubectl scale deployment ${web} --replicas=2`,
          `kubectl set image deployment/${web} ${web}=nginx`,
          'sleep 120',
        ),
        lines(
          `kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`,
          `kubectl set image deployment/${web} ${web}=busybox`,
          'sleep 120',
        ),
        lines(`kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`, 'sleep 120'),
      ],
    }
  }),
]
