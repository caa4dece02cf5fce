--- Amazon EventBridge: events that a rule sends to an API destination, CloudWatch alarms above all.
--- Wire format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html (read 2026-11).
--- The templates are those of Amazon SNS, where the same events arrive when the rule's target is a topic.
return {
  base  = "amazon_sns",
  name  = "Amazon EventBridge",
  about = "CloudWatch alarms, AWS Health, GuardDuty and other events, by an API destination",
  connect = [[
1. In the AWS console open **EventBridge › API destinations › Connections** and create one: authorization **API key**, name `X-Tocsin`, any value (AWS wants one; it is not read here).
2. In **API destinations** create one: endpoint `{{ url }}`, method **POST**, your connection. Leave the rate limit at 300.
3. In **Rules** create a rule on the *default* bus with this event pattern:

```
{
  "source": ["aws.cloudwatch"],
  "detail-type": ["CloudWatch Alarm State Change"],
  "detail": { "state": { "value": ["ALARM", "OK"] } }
}
```

4. As its target choose **EventBridge API destination** and yours; let AWS create the role. This rule sends every alarm of the account in this region, without touching the alarms.
5. Try it: `aws cloudwatch set-alarm-state --alarm-name NAME --state-value ALARM --state-reason test`.
]],

  verify = { algorithm = "plain", header = "x-api-key", secret = "the value of the connection's API key, whose name is x-api-key" },

  examples = {
    { "an alarm goes off",
      payload = [[{"version":"0","id":"c4c1c1c9-6542-e61b-6ef0-8c4d36933a92","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch","account":"123456789012","time":"2026-11-04T02:11:42Z","region":"eu-central-1","resources":["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh"],"detail":{"alarmName":"ServerCpuTooHigh","configuration":{"description":"CPU of the web servers. See the runbook web/cpu.","metrics":[{"id":"30b6c6b2-a864-43a2-4877-c09a1afc3b87","metricStat":{"metric":{"dimensions":{"InstanceId":"i-12345678901234567"},"name":"CPUUtilization","namespace":"AWS/EC2"},"period":300,"stat":"Average"},"returnData":true}]},"previousState":{"reason":"Threshold Crossed: 1 out of the last 1 datapoints [0.06 (04/11/26 02:01:00)] was not greater than the threshold (50.0)","timestamp":"2026-11-04T02:06:40.000+0000","value":"OK"},"state":{"reason":"Threshold Crossed: 1 out of the last 1 datapoints [99.5 (04/11/26 02:06:00)] was greater than the threshold (50.0)","reasonData":"{}","timestamp":"2026-11-04T02:11:42.000+0000","value":"ALARM"}}}]],
      expect = {
        grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh",
        state = "firing",
        groups = 1,
        title = "ServerCpuTooHigh",
        message = [[
CPU of the web servers. See the runbook web/cpu.

**ALARM**: Threshold Crossed: 1 out of the last 1 datapoints [99.5 (04/11/26 02:06:00)] was greater than the threshold (50.0)

- Region: eu-central-1
- Account: 123456789012]],
        source_link = "https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/ServerCpuTooHigh",
        labels = { region = "eu-central-1", account = "123456789012" },
        phone_call = { title = "Server Cpu Too High" },
      } },
    { "an event that is delivered twice joins it",
      payload = [[{"version":"0","id":"c4c1c1c9-6542-e61b-6ef0-8c4d36933a92","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch","account":"123456789012","time":"2026-11-04T02:11:42Z","region":"eu-central-1","resources":["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh"],"detail":{"alarmName":"ServerCpuTooHigh","state":{"reason":"Threshold Crossed","value":"ALARM"}}}]],
      expect = { grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh", state = "firing", title = "ServerCpuTooHigh",
                 groups = 1, alerts = 2 } },
    { "OK resolves it",
      payload = [[{"version":"0","id":"2dde0eb1-528b-d2d5-9ca6-6d590caf2329","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch","account":"123456789012","time":"2026-11-04T02:41:42Z","region":"eu-central-1","resources":["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh"],"detail":{"alarmName":"ServerCpuTooHigh","previousState":{"reason":"Threshold Crossed","value":"ALARM"},"state":{"reason":"Threshold Crossed: 1 datapoint was not greater than the threshold","value":"OK"}}}]],
      expect = { grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:ServerCpuTooHigh", state = "resolved", title = "ServerCpuTooHigh",
                 groups = 1, alerts = 3 } },
    { "a finding of GuardDuty is grouped by its id and never resolved",
      payload = [[{"version":"0","id":"a1b2","detail-type":"GuardDuty Finding","source":"aws.guardduty","account":"123456789012","time":"2026-11-04T02:51:42Z","region":"eu-central-1","resources":[],"detail":{"schemaVersion":"2.0","id":"64ec1f0a8d","arn":"arn:aws:guardduty:eu-central-1:123456789012:detector/d1/finding/64ec1f0a8d","type":"UnauthorizedAccess:EC2/SSHBruteForce","severity":8,"title":"i-0abc is performing SSH brute force attacks","description":"i-0abc is performing SSH brute force attacks against 198.51.100.7."}}]],
      expect = {
        grouping_id = "aws.guardduty/GuardDuty Finding/64ec1f0a8d", state = "firing", groups = 2,
        title = "i-0abc is performing SSH brute force attacks", labels = { severity = "critical" }, source_link = false,
        message = "i-0abc is performing SSH brute force attacks against 198.51.100.7.\n\n- Event: GuardDuty Finding of aws.guardduty\n- Region: eu-central-1\n- Account: 123456789012",
      } },
    { "an issue of AWS Health",
      payload = [[{"version":"0","id":"h1","detail-type":"AWS Health Event","source":"aws.health","account":"123456789012","time":"2026-11-04T02:52:42Z","region":"eu-central-1","resources":["i-0abc"],"detail":{"eventArn":"arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f3","service":"EC2","eventTypeCode":"AWS_EC2_OPERATIONAL_ISSUE","eventTypeCategory":"issue","statusCode":"open","eventDescription":[{"language":"en_US","latestDescription":"We are looking into increased API error rates."}]}}]],
      expect = { grouping_id = "arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f3", state = "firing", groups = 3,
                 title = "AWS_EC2_OPERATIONAL_ISSUE: i-0abc", phone_call = { title = "AWS EC2 OPERATIONAL ISSUE: i 0abc" } } },
    { "and its end",
      payload = [[{"version":"0","id":"h2","detail-type":"AWS Health Event","source":"aws.health","account":"123456789012","time":"2026-11-04T04:52:42Z","region":"eu-central-1","resources":["i-0abc"],"detail":{"eventArn":"arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f3","service":"EC2","eventTypeCode":"AWS_EC2_OPERATIONAL_ISSUE","eventTypeCategory":"issue","statusCode":"closed","eventDescription":[]}}]],
      expect = { grouping_id = "arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f3", state = "resolved", groups = 3, alerts = 2,
                 title = "AWS_EC2_OPERATIONAL_ISSUE: i-0abc" } },
  },
}
