using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The data that a request names.</summary>
internal static class RequestData
{
    /// <summary>What to know about the data before training, a sentence each.</summary>
    public static IEnumerable<string> Notices(DataSource source, TrainingOptions options)
    {
        if (source.Train.Sizing is { } sizing)
        {
            yield return $"of the pictures, {sizing.Describe(source.Train.ItemShape)} (--input asks for another size); while training they are changed by {options.Augment} (--augment).";
        }

        foreach (string notice in source.Notices)
        {
            yield return notice;
        }
    }

    /// <summary>Opens it; pictures are brought to the size that the model was designed for where none is asked for.</summary>
    public static DataSource Open(TrainingRequest request)
    {
        string name = request.Data ?? Trainer.DefaultData;
        DataOptions options = request.ToDataOptions();
        DataSource data = Datasets.Open(
            name,
            Directory.Exists(name)
                ? options with
                {
                    ItemShape = options.ItemShape ?? PictureInput.For(request.Model),
                }
                : options
        );
        return request.Input is null || data.Pictures is not null
            ? data
            : throw new ArgumentException(
                $"--input is for image folders; the items of {data.Name} are {data.Train.ItemShape} as they are. Leave it out."
            );
    }

    /// <summary>A class without anything to learn from can only be a mistake.</summary>
    public static void RequireEveryClass(DataSource data)
    {
        if (data.Pictures is null)
        {
            return;
        }

        HashSet<int> present = [.. Enumerable.Range(0, data.Train.Count).Select(data.Train.Label)];
        string[] empty = [.. data.Train.Classes.Where((_, i) => !present.Contains(i))];
        if (empty.Length > 0)
        {
            throw new ArgumentException(
                $"{data.Name}: there is no picture to learn from of {string.Join(", ", empty.Take(5))}{(empty.Length > 5 ? $" and {empty.Length - 5} more classes" : "")}. Add some, or remove the folder."
            );
        }
    }
}
