<?php

// Parts of pages, as GOV.UK's patterns have them. Each writes itself.

declare(strict_types=1);

namespace Nar;

function back(string $href): void
{ ?>
<a href="<?= h($href) ?>" class="govuk-back-link"><?= e('Back') ?></a>
<?php }

function tokens(?Form $form = null): void
{ ?>
<input type="hidden" name="csrf_token" value="<?= form_token() ?>"><input type="hidden" name="whose" value="<?= h(me()) ?>"><?php if ($form !== null) { ?><input type="hidden" name="key" value="<?= $form->key ?>"><?php }
}

function hidden(Form $form, string ...$fields): void
{
    foreach ($fields as $field) { ?>
<input type="hidden" name="<?= $field ?>" value="<?= h($form->value($field)) ?>">
<?php }
}

function summary(Form $form): void
{
    if ($form->errors === []) {
        return;
    } ?>
<div class="govuk-error-summary">
  <div role="alert">
    <h2 class="govuk-error-summary__title"><?= e('There is a problem') ?></h2>
    <div class="govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">
<?php foreach ($form->errors as $field => $text) { ?>
      <li><?php if ($field !== '') { ?><a href="#<?= h($field) ?>"><?= h($text) ?></a><?php } else { echo h($text); } ?></li>
<?php } ?>
    </ul></div>
  </div>
</div>
<?php }

function is_wrong(Form $form, string $field): bool
{
    return isset($form->errors[$field]);
}

/** A group of one field, with its error; described says what the field is described by. */
function group(Form $form, string $field, callable $content): void
{ ?>
<div class="govuk-form-group<?= is_wrong($form, $field) ? ' govuk-form-group--error' : '' ?>">
<?php $content(); ?>
</div>
<?php }

function error_of(Form $form, string $field): void
{
    if (is_wrong($form, $field)) { ?>
<p id="<?= $field ?>-error" class="govuk-error-message"><span class="govuk-visually-hidden"><?= e('Error:') ?></span> <?= h($form->errors[$field]) ?></p>
<?php }
}

function hint(string $field, ?string $hint): void
{
    if ($hint !== null) { ?>
<div id="<?= $field ?>-hint" class="govuk-hint"><?= h($hint) ?></div>
<?php }
}

function described_by(Form $form, string $field, ?string $hint): string
{
    $ids = array_filter([$hint === null ? '' : "$field-hint", is_wrong($form, $field) ? "$field-error" : '']);
    return $ids === [] ? '' : ' aria-describedby="' . implode(' ', $ids) . '"';
}

function input(Form $form, string $field, string $label, ?string $hint = null, string $type = 'text', string $autocomplete = 'off'): void
{
    group($form, $field, static function () use ($form, $field, $label, $hint, $type, $autocomplete): void { ?>
  <label class="govuk-label" for="<?= $field ?>"><?= h($label) ?></label>
<?php hint($field, $hint); error_of($form, $field); ?>
  <input class="govuk-input govuk-input--width-20<?= is_wrong($form, $field) ? ' govuk-input--error' : '' ?>" id="<?= $field ?>" name="<?= $field ?>" type="<?= $type ?>"<?php if ($type !== 'password') { ?> value="<?= h($form->value($field)) ?>"<?php } ?> autocomplete="<?= $autocomplete ?>"<?= described_by($form, $field, $hint) ?> spellcheck="false">
<?php });
}

function day_input(Form $form, string $field, string $label, string $hint): void
{
    group($form, $field, static function () use ($form, $field, $label, $hint): void { ?>
  <fieldset class="govuk-fieldset" role="group"<?= described_by($form, $field, $hint) ?>>
    <legend class="govuk-fieldset__legend"><?= h($label) ?></legend>
<?php hint($field, $hint); error_of($form, $field); ?>
    <div class="govuk-date-input" id="<?= $field ?>">
<?php foreach (['day' => [t('Day'), 2], 'month' => [t('Month'), 2], 'year' => [t('Year'), 4]] as $part => [$name, $width]) { ?>
      <div class="govuk-date-input__item">
        <label class="govuk-label" for="<?= "$field-$part" ?>"><?= h($name) ?></label>
        <input class="govuk-input govuk-input--width-<?= $width ?><?= is_wrong($form, $field) ? ' govuk-input--error' : '' ?>" id="<?= "$field-$part" ?>" name="<?= "{$field}_$part" ?>" inputmode="numeric" value="<?= h($form->value("{$field}_$part")) ?>">
      </div>
<?php } ?>
    </div>
  </fieldset>
<?php });
}

/** Several lines; id: where more than one field of the page has this name. */
function words(Form $form, string $field, string $label, int $rows = 4, ?string $hint = null, ?string $id = null): void
{
    $id ??= $field;
    group($form, $field, static function () use ($form, $field, $label, $rows, $hint, $id): void { ?>
  <label class="govuk-label" for="<?= $id ?>"><?= h($label) ?></label>
<?php hint($id, $hint);
        if ($id === $field) {
            error_of($form, $field);
        } ?>
  <textarea class="govuk-textarea<?= is_wrong($form, $field) ? ' govuk-textarea--error' : '' ?>" id="<?= $id ?>" name="<?= $field ?>" rows="<?= $rows ?>" maxlength="8000"<?= $id === $field ? described_by($form, $field, $hint) : '' ?>><?= h($form->value($field)) ?></textarea>
<?php });
}

/** @param array<string, string> $choices titles by codes */
function select(Form $form, string $field, string $label, array $choices, ?string $empty = null): void
{
    group($form, $field, static function () use ($form, $field, $label, $choices, $empty): void { ?>
  <label class="govuk-label" for="<?= $field ?>"><?= h($label) ?></label>
<?php error_of($form, $field); ?>
  <select class="govuk-select" id="<?= $field ?>" name="<?= $field ?>"<?= described_by($form, $field, null) ?>>
<?php foreach (($empty === null ? [] : ['' => $empty]) + $choices as $code => $title) { ?>
    <option value="<?= h((string) $code) ?>"<?= $form->value($field) === (string) $code ? ' selected' : '' ?>><?= h($title) ?></option>
<?php } ?>
  </select>
<?php });
}

/** @param array<string, array{string, 1?: string}> $choices title and hint by values */
function radios(Form $form, string $field, string $legend, array $choices, string $class = ''): void
{
    group($form, $field, static function () use ($form, $field, $legend, $choices, $class): void { ?>
  <fieldset class="govuk-fieldset"<?= described_by($form, $field, null) ?>><legend class="govuk-fieldset__legend govuk-fieldset__legend--m"><?= h($legend) ?></legend>
<?php error_of($form, $field); ?>
  <div class="govuk-radios <?= $class ?>" id="<?= $field ?>">
<?php foreach ($choices as $value => $choice) { $id = "$field-$value"; ?>
    <div class="govuk-radios__item"><input class="govuk-radios__input" id="<?= h($id) ?>" name="<?= $field ?>" type="radio" value="<?= h((string) $value) ?>"<?= $form->value($field) === (string) $value ? ' checked' : '' ?>><label class="govuk-label govuk-radios__label" for="<?= h($id) ?>"><?= h($choice[0]) ?></label><?php if (isset($choice[1])) { ?><div class="govuk-hint govuk-radios__hint"><?= h($choice[1]) ?></div><?php } ?></div>
<?php } ?>
  </div></fieldset>
<?php });
}

function upload(Form $form, string $label, string $hint, string $accept, bool $is_multiple = false): void
{
    group($form, 'file', static function () use ($form, $label, $hint, $accept, $is_multiple): void { ?>
  <label class="govuk-label" for="file"><?= h($label) ?></label>
<?php hint('file', $hint); error_of($form, 'file'); ?>
  <input class="govuk-file-upload" id="file" name="<?= $is_multiple ? 'file[]' : 'file' ?>" type="file"<?= $is_multiple ? ' multiple' : '' ?> accept="<?= $accept ?>"<?= described_by($form, 'file', $hint) ?>>
<?php });
}

function button(string $text, string $class = ''): void
{ ?>
<button class="govuk-button <?= $class ?>"><?= h($text) ?></button>
<?php }

function row(string $label, ?string $value): void
{ ?>
<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key"><?= h($label) ?></dt><dd class="govuk-summary-list__value"><?= h($value) ?></dd></div>
<?php }

function tag(string $state, string $title): void
{ ?>
<strong class="govuk-tag nar-tag nar-tag--<?= h($state) ?>"><?= h($title) ?></strong>
<?php }

/** What is asked seldom, behind a line that opens it. */
function details(string $title, callable $content, bool $is_open = false): void
{ ?>
<details class="govuk-details"<?= $is_open ? ' open' : '' ?>><summary class="govuk-details__summary"><span class="govuk-details__summary-text"><?= h($title) ?></span></summary><div class="govuk-details__text">
<?php $content(); ?>
</div></details>
<?php }

/** When an appeal is due, or was answered. */
function due(\Edu\Appeal $appeal): string
{
    return match (true) {
        $appeal->answered !== null => t('Answered %(when)s', when: time_of($appeal->answered)),
        !$appeal->is_open => $appeal->state_title,
        $appeal->is_paused || $appeal->due === null => t('The term is paused'),
        default => t('Due by %(when)s', when: time_of($appeal->due)),
    };
}

function appeal_card(\Edu\Appeal $appeal): void
{ ?>
<a class="nar-card" href="<?= h("/appeals/$appeal->person_id/$appeal->id") ?>"><?php tag($appeal->state, $appeal->state_title); ?>
<span class="nar-card__title"><?= h($appeal->category_title) ?></span>
<span class="nar-card__text"><code><?= h($appeal->number) ?></code> · <?= h(due($appeal)) ?></span></a>
<?php }

function reference_card(\Edu\Reference $one): void
{
    $facts = array_filter([time_of($one->requested), $one->expires === null ? null : t('valid until %(day)s', day: day_of($one->expires)), $one->reason]); ?>
<div class="nar-card"><?php tag($one->validity ?? $one->state, reference_state($one)); ?>
<span class="nar-card__title"><?= h($one->title) ?></span>
<span class="nar-card__text"><code><?= h($one->request) ?></code> · <?= h(implode(' · ', $facts)) ?></span>
<?php if ($one->number !== null) { $to = h("/documents/$one->person_id/$one->number"); ?>
<span class="nar-card__text"><?= e('Number of the paper') ?>: <code><?= h($one->number) ?></code></span>
<span class="nar-card__text"><a class="govuk-link" href="<?= $to ?>.pdf"><?= e('Paper (PDF)') ?></a> · <a class="govuk-link" href="<?= $to ?>.html"><?= e('Page to read or print') ?></a> · <a class="govuk-link" href="<?= $to ?>.json"><?= e('Signed file (JSON)') ?></a></span>
<?php } ?></div>
<?php }
