--- Amazon SNS: CloudWatch alarms and whatever else AWS publishes to a topic, wrapped in SNS's envelope or raw.
---
--- Wire format: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html (read 2026-11); CloudWatch's message
--- as in keephq/keep keep/providers/cloudwatch_provider/alerts_mock.py; events as in EventBridge (eventbridge.lua takes these templates).
--- SNS calls its JSON text/plain. A subscription sends nothing until its SubscribeURL was opened: the core does that when
--- SNS has signed it (lua/api/sns.lua); where it cannot, the link comes as an alert.
return {
  name  = "Amazon SNS",
  about = "CloudWatch alarms and other messages of an Amazon SNS topic",
  connect = [[
1. In the AWS console open **Simple Notification Service › Topics**, create or choose a topic (type *Standard*), and choose **Create subscription**.
2. Protocol **HTTPS**, endpoint `{{ url }}`. Leave *Raw message delivery* off (both work; with it on, messages that are not JSON have no subject).
3. Create it. Tocsin confirms the subscription by itself. Without a way to the internet it shows an alert *Confirm the subscription …* instead: open its link once, then resolve it. Nothing else arrives before.
   With the topic's ARN as `signing_secret`, only messages that AWS signed for this topic are taken.
4. In **CloudWatch › Alarms** edit your alarms: under **Notification** send to this topic for **In alarm**, and add a second notification for **OK**. Without the second one nothing is ever resolved.
5. Try it: `aws cloudwatch set-alarm-state --alarm-name NAME --state-value ALARM --state-reason test`. CloudWatch sets it back at the next evaluation.
]],

  -- An alarm's ARN; an event's resource; else the message (SNS sends it again, with the same id, when we were not there).
  grouping_id = [=[
{%- if payload.AlarmArn or payload.AlarmName -%}
{{ payload.AlarmArn or [payload.AWSAccountId, payload.Region, payload.AlarmName] | join("/") }}
{%- elif payload["detail-type"] -%}
{%- set detail = payload.detail or {} -%}
{%- if detail.alarmName %}{{ (payload.resources or [detail.alarmName])[0] }}
{%- else %}{{ detail.eventArn or [payload.source, payload["detail-type"], detail.id or (payload.resources or [payload.id])[0]] | join("/") }}
{%- endif -%}
{%- elif payload.SubscribeURL %}{{ payload.TopicArn }}/subscription
{%- elif "Environment health has transitioned" in (payload.Message or "") -%}
Elastic Beanstalk/{{ payload.Message | regex_replace("(?s)^.*Environment: ([^\\n]+).*$", "\\1") }}
{%- else %}{{ payload.MessageId or "" }}
{%- endif -%}
]=],
  resolve_condition = [[
{%- if payload.NewStateValue %}{{ payload.NewStateValue == "OK" }}
{%- elif payload.detail is mapping -%}
{{ (payload.detail.state is mapping and payload.detail.state.value == "OK") or payload.detail.statusCode == "closed" }}
{%- else %}{{ payload.Message is string and payload.Message | regex_search("Environment health has transitioned from [A-Za-z ]+ to (Ok|Info)\\b") }}
{%- endif -%}
]],
  -- A link to confirm leads to Amazon's own host or nowhere.
  source_link = [[
{%- set arn = (payload.AlarmArn or (payload.resources[0] if payload.detail is mapping and payload.resources) or "") | string -%}
{%- if payload.SubscribeURL -%}
{%- if payload.SubscribeURL | regex_match("https://sns\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/") %}{{ payload.SubscribeURL }}{% endif -%}
{%- elif arn.startswith("arn:aws:cloudwatch:") and ":alarm:" in arn -%}
https://console.aws.amazon.com/cloudwatch/home?region={{ arn.split(":")[3] }}#alarmsV2:alarm/{{ arn.split(":alarm:")[1] | urlencode }}
{%- endif -%}
]],

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif payload.AlarmName -%}
{{ payload.AlarmName }}
{%- for dimension in (payload.Trigger or {}).Dimensions or [] if dimension.value and dimension.value not in payload.AlarmName -%}
{{ ": " if loop.first else ", " }}{{ dimension.value }}
{%- endfor -%}
{%- elif payload["detail-type"] -%}
{%- set detail = payload.detail if payload.detail is mapping else {} -%}
{%- set resource = ((payload.resources or [""])[0] | string).split("/")[-1].split(":")[-1] -%}
{%- if detail.alarmName %}{{ detail.alarmName }}
{%- else %}{{ detail.title or detail.eventTypeCode or payload["detail-type"] }}{% if resource %}: {{ resource }}{% endif %}
{%- endif -%}
{%- elif payload.Type == "SubscriptionConfirmation" %}Confirm the subscription of {{ (payload.TopicArn | string).split(":")[-1] }}
{%- elif payload.Type == "UnsubscribeConfirmation" %}SNS topic sends no more alerts: {{ (payload.TopicArn | string).split(":")[-1] }}
{%- elif "Environment health has transitioned" in (payload.Message or "") -%}
Health of Elastic Beanstalk environment: {{ payload.Message | regex_replace("(?s)^.*Environment: ([^\\n]+).*$", "\\1") }}
{%- elif payload.Subject or payload.Message %}{{ payload.Subject or (payload.Message | string).split("\n")[0] }}
{%- else %}{{ payload["Event Message"] or payload["Event Source"] or "AWS message without a subject" }}
{%- endif -%}
]],
  message = [[
{%- set detail = payload.detail if payload.detail is mapping else {} -%}
{%- set trigger = payload.Trigger or {} -%}
{%- if payload.AlarmName -%}
{%- if payload.AlarmDescription %}{{ payload.AlarmDescription }}

{% endif -%}
**{{ payload.NewStateValue }}**: {{ payload.NewStateReason }}
{% if trigger.MetricName %}
- Metric: {{ trigger.Namespace }} {{ trigger.MetricName }}{% if trigger.Statistic %} ({{ trigger.Statistic | lower }} over {{ trigger.Period }} s){% endif %}
{%- endif %}
{%- for dimension in trigger.Dimensions or [] %}
- {{ dimension.name }}: {{ dimension.value }}
{%- endfor %}
- Region: {{ payload.Region }}
- Account: {{ payload.AWSAccountId }}
{%- elif detail.alarmName -%}
{%- if (detail.configuration or {}).description %}{{ detail.configuration.description }}

{% endif -%}
**{{ (detail.state or {}).value }}**: {{ (detail.state or {}).reason }}

- Region: {{ payload.region }}
- Account: {{ payload.account }}
{%- elif payload["detail-type"] is string and payload is mapping -%}
{{ detail.description or (detail.eventDescription[0].latestDescription if detail.eventDescription) or detail.stoppedReason or "" }}

- Event: {{ payload["detail-type"] }} of {{ payload.source }}
- Region: {{ payload.region }}
- Account: {{ payload.account }}
{%- elif payload.Type == "SubscriptionConfirmation" -%}
{%- if payload.SubscribeURL | string | regex_match("https://sns\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/") -%}
The topic sends nothing before this is opened once: [confirm the subscription]({{ payload.SubscribeURL }}). Then resolve this alert.
{%- else %}Its link does not lead to Amazon. Do not open it; this is not from SNS.
{%- endif -%}
{%- elif payload.Type == "UnsubscribeConfirmation" -%}
The subscription of this address was deleted. If that was not on purpose, create it again.
{%- elif payload is mapping -%}
{{ payload.Message or payload["Event Message"] or "" }}
{%- if payload["Source ID"] %}

- Source: {{ payload["Source ID"] }}
{%- endif %}
{%- if payload["Event Message"] and payload.Subject %}
- Subject: {{ payload.Subject }}
{%- endif %}
{%- if payload.TopicArn %}

- Topic: {{ payload.TopicArn }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% if payload.detail is mapping and payload.detail.severity is number %}"
      .. "{% if payload.detail.severity >= 7 %}critical{% elif payload.detail.severity >= 4 %}warning{% else %}info{% endif %}{% endif %}",
    region   = "{{ (payload.AlarmArn or '').split(':')[3] or payload.region or '' }}",
    account  = "{{ payload.AWSAccountId or payload.account or '' }}",
  },

  -- What is JSON inside the envelope is the payload, as with raw delivery.
  split = function(payload)
    if payload.Type ~= "Notification" or type(payload.Message) ~= "string" then return nil end
    local inner = json.decode(payload.Message)
    if type(inner) ~= "table" or inner[1] ~= nil then return nil end
    inner.Subject = inner.Subject or payload.Subject
    inner.TopicArn = inner.TopicArn or payload.TopicArn
    inner.MessageId = inner.MessageId or payload.MessageId
    return { inner }
  end,

  verify = { algorithm = "sns", secret = "the ARN of the topic (or several): only what it has signed is taken" },

  examples = {
    { "a CloudWatch alarm in SNS's envelope",
      headers = { ["content-type"] = "text/plain; charset=UTF-8", ["x-amz-sns-message-type"] = "Notification" },
      payload = [[{
  "Type" : "Notification",
  "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  "TopicArn" : "arn:aws:sns:eu-central-1:123456789012:alarms",
  "Subject" : "ALARM: \"Orders queue is long\" in EU (Frankfurt)",
  "Message" : "{\"AlarmName\":\"Orders queue is long\",\"AlarmDescription\":\"Workers may be stuck. Restart them one by one.\",\"AWSAccountId\":\"123456789012\",\"AlarmConfigurationUpdatedTimestamp\":\"2026-10-01T08:00:00.000+0000\",\"NewStateValue\":\"ALARM\",\"NewStateReason\":\"Threshold Crossed: 1 out of the last 1 datapoints [5120.0 (04/11/26 02:06:00)] was greater than the threshold (1000.0).\",\"StateChangeTime\":\"2026-11-04T02:11:42.317+0000\",\"Region\":\"EU (Frankfurt)\",\"AlarmArn\":\"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long\",\"OldStateValue\":\"OK\",\"OKActions\":[],\"AlarmActions\":[\"arn:aws:sns:eu-central-1:123456789012:alarms\"],\"InsufficientDataActions\":[],\"Trigger\":{\"MetricName\":\"ApproximateNumberOfMessagesVisible\",\"Namespace\":\"AWS/SQS\",\"StatisticType\":\"Statistic\",\"Statistic\":\"MAXIMUM\",\"Unit\":null,\"Dimensions\":[{\"value\":\"orders\",\"name\":\"QueueName\"}],\"Period\":300,\"EvaluationPeriods\":1,\"ComparisonOperator\":\"GreaterThanThreshold\",\"Threshold\":1000.0,\"TreatMissingData\":\"missing\",\"EvaluateLowSampleCountPercentile\":\"\"}}",
  "Timestamp" : "2026-11-04T02:11:42.400Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLEw6JRN==",
  "SigningCertURL" : "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
  "UnsubscribeURL" : "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-central-1:123456789012:alarms:c9135db0"
}]],
      expect = {
        grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long",
        state = "firing",
        groups = 1,
        title = "Orders queue is long: orders",
        message = [[
Workers may be stuck. Restart them one by one.

**ALARM**: Threshold Crossed: 1 out of the last 1 datapoints [5120.0 (04/11/26 02:06:00)] was greater than the threshold (1000.0).

- Metric: AWS/SQS ApproximateNumberOfMessagesVisible (maximum over 300 s)
- QueueName: orders
- Region: EU (Frankfurt)
- Account: 123456789012]],
        source_link = "https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/Orders%20queue%20is%20long",
        labels = { region = "eu-central-1", account = "123456789012" },
      } },
    { "the same alarm by raw delivery joins it",
      headers = { ["content-type"] = "text/plain; charset=UTF-8", ["x-amz-sns-rawdelivery"] = "true" },
      payload = [[{"AlarmName":"Orders queue is long","AlarmDescription":null,"AWSAccountId":"123456789012","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed","StateChangeTime":"2026-11-04T02:21:42.317+0000","Region":"EU (Frankfurt)","AlarmArn":"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long","OldStateValue":"OK","Trigger":{"MetricName":"ApproximateNumberOfMessagesVisible","Namespace":"AWS/SQS","StatisticType":"Statistic","Statistic":"MAXIMUM","Unit":null,"Dimensions":[{"value":"orders","name":"QueueName"}],"Period":300}}]],
      expect = { grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long", state = "firing",
                 title = "Orders queue is long: orders", groups = 1, alerts = 2 } },
    { "another alarm is another problem; a composite alarm has no trigger",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"5d7e6f24-88c8-5f16-9a2e-3cb5a5a5a111","TopicArn":"arn:aws:sns:eu-central-1:123456789012:alarms","Subject":"ALARM: \"shop-down\" in EU (Frankfurt)","Message":"{\"AlarmName\":\"shop-down\",\"AlarmDescription\":null,\"AWSAccountId\":\"123456789012\",\"NewStateValue\":\"ALARM\",\"NewStateReason\":\"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-5xx transitioned to ALARM\",\"StateChangeTime\":\"2026-11-04T02:12:42.317+0000\",\"Region\":\"EU (Frankfurt)\",\"AlarmArn\":\"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-down\",\"OldStateValue\":\"OK\",\"AlarmRule\":\"ALARM(shop-5xx) AND ALARM(shop-latency)\"}","Timestamp":"2026-11-04T02:12:42.400Z","SignatureVersion":"1","Signature":"EXAMPLE==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/x.pem","UnsubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe"}]],
      expect = { grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-down", state = "firing", groups = 2, title = "shop-down",
                 phone_call = { title = "shop down" } } },
    { "OK resolves the alarm",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"6a7e6f24-88c8-5f16-9a2e-3cb5a5a5a222","TopicArn":"arn:aws:sns:eu-central-1:123456789012:alarms","Subject":"OK: \"Orders queue is long\" in EU (Frankfurt)","Message":"{\"AlarmName\":\"Orders queue is long\",\"AWSAccountId\":\"123456789012\",\"NewStateValue\":\"OK\",\"NewStateReason\":\"Threshold Crossed: 1 datapoint was not greater than the threshold (1000.0).\",\"Region\":\"EU (Frankfurt)\",\"AlarmArn\":\"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long\",\"OldStateValue\":\"ALARM\",\"Trigger\":{\"MetricName\":\"ApproximateNumberOfMessagesVisible\",\"Namespace\":\"AWS/SQS\",\"Dimensions\":[{\"value\":\"orders\",\"name\":\"QueueName\"}],\"Period\":300}}","Timestamp":"2026-11-04T02:41:42.400Z","SignatureVersion":"1","Signature":"EXAMPLE==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/x.pem","UnsubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe"}]],
      expect = { grouping_id = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Orders queue is long", state = "resolved",
                 title = "Orders queue is long: orders", groups = 2, alerts = 3 } },
    { "a subscription waits for its link to be opened",
      headers = { ["content-type"] = "text/plain; charset=UTF-8", ["x-amz-sns-message-type"] = "SubscriptionConfirmation" },
      payload = [[{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  "Token" : "2336412f37f",
  "TopicArn" : "arn:aws:sns:eu-central-1:123456789012:alarms",
  "Message" : "You have chosen to subscribe to the topic arn:aws:sns:eu-central-1:123456789012:alarms.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:123456789012:alarms&Token=2336412f37f",
  "Timestamp" : "2026-11-04T01:11:42.400Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLE==",
  "SigningCertURL" : "https://sns.eu-central-1.amazonaws.com/x.pem"
}]],
      expect = {
        grouping_id = "arn:aws:sns:eu-central-1:123456789012:alarms/subscription",
        state = "firing",
        groups = 3,
        title = "Confirm the subscription of alarms",
        message = "The topic sends nothing before this is opened once: [confirm the subscription](https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:123456789012:alarms&Token=2336412f37f). Then resolve this alert.",
        source_link = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:123456789012:alarms&Token=2336412f37f",
      } },
    { "a confirmation that does not lead to Amazon has no link",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"SubscriptionConfirmation","MessageId":"1","Token":"t","TopicArn":"arn:aws:sns:eu-central-1:123456789012:other","Message":"","SubscribeURL":"https://sns.eu-central-1.amazonaws.com.evil.example/?x","Timestamp":"2026-11-04T01:11:42.400Z"}]],
      expect = { grouping_id = "arn:aws:sns:eu-central-1:123456789012:other/subscription", state = "firing", groups = 4,
                 title = "Confirm the subscription of other", source_link = false,
                 message = "Its link does not lead to Amazon. Do not open it; this is not from SNS." } },
    { "a message that is plain text is an alert of its own",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"da41e39f-ea4d-435a-b922-c6aae3915ebe","TopicArn":"arn:aws:sns:eu-central-1:123456789012:budgets","Subject":"AWS Budgets: Monthly has exceeded your alert threshold","Message":"You requested that we alert you when the actual cost is greater than 80%.","Timestamp":"2026-11-04T02:41:42.400Z","SignatureVersion":"1","Signature":"EXAMPLE==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/x.pem","UnsubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe"}]],
      expect = {
        grouping_id = "da41e39f-ea4d-435a-b922-c6aae3915ebe", state = "firing", groups = 5,
        title = "AWS Budgets: Monthly has exceeded your alert threshold",
        message = "You requested that we alert you when the actual cost is greater than 80%.\n\n- Topic: arn:aws:sns:eu-central-1:123456789012:budgets",
      } },
    { "and the same message sent again joins it",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"da41e39f-ea4d-435a-b922-c6aae3915ebe","TopicArn":"arn:aws:sns:eu-central-1:123456789012:budgets","Subject":"AWS Budgets: Monthly has exceeded your alert threshold","Message":"You requested that we alert you when the actual cost is greater than 80%.","Timestamp":"2026-11-04T02:41:42.400Z"}]],
      expect = { grouping_id = "da41e39f-ea4d-435a-b922-c6aae3915ebe", state = "firing", groups = 5, alerts = 2,
                 title = "AWS Budgets: Monthly has exceeded your alert threshold" } },
    { "Elastic Beanstalk writes text",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"b1","TopicArn":"arn:aws:sns:eu-central-1:123456789012:ElasticBeanstalkNotifications","Subject":"AWS Elastic Beanstalk Notification - Environment health has transitioned from Ok to Severe","Message":"Timestamp: Wed Nov 04 02:11:42 UTC 2026\nMessage: Environment health has transitioned from Ok to Severe. ELB processes are not healthy on all instances.\n\nEnvironment: shop-prod\nApplication: shop\n\nEnvironment URL: http://shop-prod.eu-central-1.elasticbeanstalk.com","Timestamp":"2026-11-04T02:41:42.400Z"}]],
      expect = { grouping_id = "Elastic Beanstalk/shop-prod", state = "firing", groups = 6,
                 title = "Health of Elastic Beanstalk environment: shop-prod" } },
    { "and resolves its environment",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"b2","TopicArn":"arn:aws:sns:eu-central-1:123456789012:ElasticBeanstalkNotifications","Subject":"AWS Elastic Beanstalk Notification - Environment health has transitioned from Severe to Ok","Message":"Timestamp: Wed Nov 04 02:31:42 UTC 2026\nMessage: Environment health has transitioned from Severe to Ok.\n\nEnvironment: shop-prod\nApplication: shop\n","Timestamp":"2026-11-04T02:41:42.400Z"}]],
      expect = { grouping_id = "Elastic Beanstalk/shop-prod", state = "resolved", groups = 6, alerts = 2,
                 title = "Health of Elastic Beanstalk environment: shop-prod" } },
    { "an event of RDS is JSON of another shape",
      headers = { ["content-type"] = "text/plain; charset=UTF-8" },
      payload = [[{"Type":"Notification","MessageId":"r1","TopicArn":"arn:aws:sns:eu-central-1:123456789012:rds","Subject":"RDS Notification Message","Message":"{\"Event Source\":\"db-instance\",\"Event Time\":\"2026-11-04 02:11:42.400\",\"Identifier Link\":\"https://console.aws.amazon.com/rds/home?region=eu-central-1#dbinstance:id=shop\",\"Source ID\":\"shop\",\"Event ID\":\"http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#RDS-EVENT-0006\",\"Event Message\":\"DB instance restarted\"}","Timestamp":"2026-11-04T02:41:42.400Z"}]],
      expect = { grouping_id = "r1", state = "firing", groups = 7, title = "RDS Notification Message",
                 message = "DB instance restarted\n\n- Source: shop\n- Subject: RDS Notification Message\n\n- Topic: arn:aws:sns:eu-central-1:123456789012:rds" } },
    { "a subscription that was deleted says so",
      headers = { ["content-type"] = "text/plain; charset=UTF-8", ["x-amz-sns-message-type"] = "UnsubscribeConfirmation" },
      payload = [[{"Type":"UnsubscribeConfirmation","MessageId":"47138184-6831-46b8-8f7c-afc488602d7d","Token":"2336412f37f","TopicArn":"arn:aws:sns:eu-central-1:123456789012:alarms","Message":"You have chosen to deactivate subscription arn:aws:sns:eu-central-1:123456789012:alarms:2bcfbf39.","SubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37f","Timestamp":"2026-11-04T05:11:42.400Z","SignatureVersion":"1","Signature":"EXAMPLE==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/x.pem"}]],
      expect = { grouping_id = "arn:aws:sns:eu-central-1:123456789012:alarms/subscription", state = "firing", groups = 7, alerts = 2,
                 title = "SNS topic sends no more alerts: alarms" } },
  },
}
