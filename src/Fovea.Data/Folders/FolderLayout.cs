namespace Fovea.Data;

/// <summary>How an image folder is divided: into train, val and test folders, or not at all.</summary>
/// <param name="Train">What to learn from; null where all is for judging.</param>
/// <param name="Test">What to be judged on; null where it is to be split off.</param>
/// <param name="Notices">What is not used, a sentence each.</param>
internal sealed record FolderLayout(FolderPart? Train, FolderPart? Test, IReadOnlyList<string> Notices)
{
    private static readonly string[] TrainNames = ["train", "training"],
        ValidationNames = ["val", "valid", "validation"],
        TestNames = ["test", "testing"];

    /// <summary>Looks at a folder.</summary>
    /// <exception cref="DataFormatException">It has no class folders, or a test folder without a train
    /// folder.</exception>
    public static FolderLayout Of(string folder, FolderWalk walk, bool allForTest)
    {
        (List<string> folders, List<string> files) = walk.List(folder);
        string? train = One(folder, folders, TrainNames),
            validation = One(folder, folders, ValidationNames),
            test = One(folder, folders, TestNames);
        string[] others = [.. folders.Where(f => f != train && f != validation && f != test)];
        if ((train, validation, test) is (null, null, null))
        {
            FolderPart whole = FolderPart.Of(folder, folders, files.Count, walk);
            return allForTest ? new FolderLayout(null, whole, []) : new FolderLayout(whole, null, []);
        }

        if (train is null && !allForTest)
        {
            string found = Path.GetFileName(test ?? validation)!;
            throw DataFormatException.In(
                folder,
                $"there is a folder '{found}' but no folder 'train' beside it. Put the class folders to learn from into 'train', or name a folder of class folders."
            );
        }

        List<string> notices = [];
        FolderPart? judged = Judged(test, validation, walk, notices);
        if (judged is not null && judged.Folder == test && validation is not null)
        {
            notices.Add(
                $"{validation} is not used: the test folder judges, and items to choose the best epoch by are held out of train (--validation)."
            );
        }

        if (others.Length > 0)
        {
            notices.Add(
                $"folders beside the parts are not used: {string.Join(", ", others.Select(Path.GetFileName))}."
            );
        }

        return new FolderLayout(train is null ? null : FolderPart.Of(train, walk), judged, notices);
    }

    /// <summary>The test folder, else the validation folder; one without class folders has no labels.</summary>
    private static FolderPart? Judged(string? test, string? validation, FolderWalk walk, List<string> notices)
    {
        foreach (string candidate in new[] { test, validation }.OfType<string>())
        {
            FolderPart part = FolderPart.Of(candidate, walk);
            if (part.Classes.Count > 0)
            {
                return part;
            }

            notices.Add($"{candidate} has no class folders, so what is in it is unknown; it is not used.");
        }

        return null;
    }

    private static string? One(string folder, List<string> folders, string[] names)
    {
        string[] found = [.. folders.Where(f => names.Contains(Path.GetFileName(f), StringComparer.OrdinalIgnoreCase))];
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw DataFormatException.In(
                folder,
                $"{string.Join(" and ", found.Select(f => $"'{Path.GetFileName(f)}'"))} are both here; keep one of them."
            );
    }
}
