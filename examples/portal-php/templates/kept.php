<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= e('What you typed is here') ?></h1>
<p class="govuk-body"><?= e('Nothing was sent yet. Go on, and it is sent as you left it.') ?></p>
<?php foreach ($words as $one) { ?>
<blockquote class="nar-quote" dir="auto"><?= h($one) ?></blockquote>
<?php }
if ($files !== []) { ?>
<p class="govuk-body"><?= e('Files cannot be kept. Add them again: %(names)s', names: implode(', ', $files)) ?></p>
<?php } ?>
<form method="post" action="<?= h($path) ?>"><?php tokens();
foreach ($typed as $name => $value) { ?>
<input type="hidden" name="<?= h($name) ?>" value="<?= h($value) ?>">
<?php }
button(t('Go on')); ?>
</form>
<p class="govuk-body"><a class="govuk-link" href="<?= h($path) ?>"><?= e('Begin anew') ?></a></p>
</main>
