-- Every second somebody asks whether a snoozed prompt is due; without this all live ones are walked.
create index prompts_snoozed on prompts (snoozed_until_ms) where state = 'snoozed';
