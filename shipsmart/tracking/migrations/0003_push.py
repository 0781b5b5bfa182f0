from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0002_silent_since"),
    ]

    operations = [
        migrations.AddField(
            model_name="tracker",
            name="pushed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
