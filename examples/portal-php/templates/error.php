<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= h($title) ?></h1>
<?php if ($text !== null) { ?><p class="govuk-body"><?= h($text) ?></p><?php } ?>
<p class="govuk-body"><a class="govuk-link" href="/"><?= e('To the start page') ?></a></p>
</main>
